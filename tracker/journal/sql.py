"""All SQL of the journal.

The schema is what ``MIGRATIONS`` make, one after the other; ``PRAGMA user_version`` says how many were made.
A migration that was released is never changed: a new one is appended.

Measured rows (sets, reps, rejected, gaps) are written once; triggers refuse to change or delete them. What
a person changes is a row in ``edits``. ``set_totals`` is derived: the sets of each session's current
scoring, edits applied.
"""

from __future__ import annotations

APPLICATION_ID = 0x4B49434B
"""'KICK': tells a journal from any other SQLite file."""

VERSION_1 = """
CREATE TABLE sessions (
    session_id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    started_at TEXT NOT NULL,               -- ISO 8601 with offset
    started_us INTEGER NOT NULL,            -- the same instant, microseconds since 1970 UTC, to sort by
    ended_at TEXT,
    ending TEXT,
    exercise TEXT,
    working_side TEXT CHECK (working_side IN ('left', 'right')),
    sensor_side TEXT CHECK (sensor_side IN ('left', 'right')),
    load_kg REAL,
    notes TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_start ON sessions (started_us, session_id);

CREATE TABLE sensors (
    session_id INTEGER NOT NULL REFERENCES sessions,
    number INTEGER NOT NULL CHECK (number IN (1, 2)),
    family TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    side TEXT CHECK (side IN ('left', 'right')),
    info TEXT NOT NULL,                     -- JSON object
    PRIMARY KEY (session_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE recordings (
    session_id INTEGER NOT NULL REFERENCES sessions,
    number INTEGER NOT NULL CHECK (number >= 1),
    path TEXT NOT NULL,                     -- relative to the journal's folder, with '/', or absolute
    sha256 TEXT,
    seconds REAL,
    PRIMARY KEY (session_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE scorings (
    scoring_id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions,
    algorithm_version TEXT NOT NULL,
    created_at TEXT NOT NULL,
    current INTEGER NOT NULL CHECK (current IN (0, 1))
) STRICT;
CREATE INDEX scorings_by_session ON scorings (session_id);
CREATE UNIQUE INDEX one_current_scoring ON scorings (session_id) WHERE current = 1;

CREATE TABLE scoring_recordings (
    scoring_id INTEGER NOT NULL REFERENCES scorings,
    recording INTEGER NOT NULL,
    session_id INTEGER NOT NULL,
    PRIMARY KEY (scoring_id, recording),
    FOREIGN KEY (session_id, recording) REFERENCES recordings (session_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE sets (
    set_id INTEGER PRIMARY KEY,
    scoring_id INTEGER NOT NULL REFERENCES scorings,
    session_id INTEGER NOT NULL REFERENCES sessions,
    number INTEGER NOT NULL CHECK (number >= 1),            -- within the scoring
    recording INTEGER,
    sensor INTEGER,
    stream_number INTEGER NOT NULL CHECK (stream_number >= 1),  -- within the recording and sensor
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    reported_s REAL NOT NULL,
    side TEXT CHECK (side IN ('left', 'right')),
    exercise TEXT,
    load_kg REAL,
    load_label TEXT,
    kind TEXT NOT NULL,
    UNIQUE (scoring_id, number),
    FOREIGN KEY (session_id, recording) REFERENCES recordings (session_id, number),
    FOREIGN KEY (session_id, sensor) REFERENCES sensors (session_id, number)
) STRICT;
CREATE UNIQUE INDEX set_once ON sets (scoring_id, ifnull(recording, 0), ifnull(sensor, 0), stream_number);
CREATE INDEX sets_by_session ON sets (session_id);

CREATE TABLE reps (
    rep_id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets,
    partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
    number INTEGER NOT NULL CHECK (number >= 1),
    peak INTEGER NOT NULL,
    start_s REAL NOT NULL,
    peak_start_s REAL,
    peak_end_s REAL,
    end_s REAL NOT NULL,
    reported_s REAL NOT NULL,
    range_deg REAL,
    peak_speed_deg_s REAL,
    bottom_pause_s REAL,
    flags TEXT NOT NULL,                    -- JSON array: signal flags
    form TEXT NOT NULL,                     -- JSON array: form verdicts
    UNIQUE (set_id, partial, number)
) STRICT;

CREATE TABLE rejected (
    rejected_id INTEGER PRIMARY KEY,
    scoring_id INTEGER NOT NULL REFERENCES scorings,
    session_id INTEGER NOT NULL REFERENCES sessions,
    recording INTEGER,
    sensor INTEGER,
    peak INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    reported_s REAL NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    measured TEXT,                          -- JSON object: the repetition it would have been
    FOREIGN KEY (session_id, recording) REFERENCES recordings (session_id, number),
    FOREIGN KEY (session_id, sensor) REFERENCES sensors (session_id, number)
) STRICT;
CREATE INDEX rejected_by_scoring ON rejected (scoring_id);

CREATE TABLE gaps (
    gap_id INTEGER PRIMARY KEY,
    scoring_id INTEGER NOT NULL REFERENCES scorings,
    session_id INTEGER NOT NULL REFERENCES sessions,
    recording INTEGER,
    sensor INTEGER,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    samples_lost INTEGER NOT NULL,
    FOREIGN KEY (session_id, recording) REFERENCES recordings (session_id, number),
    FOREIGN KEY (session_id, sensor) REFERENCES sensors (session_id, number)
) STRICT;
CREATE INDEX gaps_by_scoring ON gaps (scoring_id);

CREATE TABLE edits (
    edit_id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    set_id INTEGER REFERENCES sets,
    rep_id INTEGER REFERENCES reps,
    recording INTEGER,                      -- with sensor, start_s and end_s: the place, to find it again
    sensor INTEGER,                         -- in another scoring
    start_s REAL,
    end_s REAL,
    value TEXT NOT NULL,                    -- JSON
    undoes INTEGER REFERENCES edits
) STRICT;
CREATE INDEX edits_by_session ON edits (session_id);

CREATE TABLE answers (
    answer_id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions,
    at TEXT NOT NULL,
    set_number INTEGER,
    question TEXT NOT NULL,
    value TEXT NOT NULL                     -- JSON
) STRICT;
CREATE INDEX answers_by_session ON answers (session_id);

CREATE TABLE set_totals (
    set_id INTEGER PRIMARY KEY REFERENCES sets,
    session_id INTEGER NOT NULL REFERENCES sessions,
    number INTEGER NOT NULL,
    side TEXT,
    exercise TEXT,
    load_kg REAL,
    load_label TEXT,
    kind TEXT NOT NULL,
    reps INTEGER NOT NULL,
    partials INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    time_under_tension_s REAL NOT NULL,
    median_range_deg REAL,
    median_peak_speed_deg_s REAL,
    median_concentric_s REAL,
    median_hold_s REAL,
    median_eccentric_s REAL,
    median_bottom_pause_s REAL
) STRICT;
CREATE INDEX set_totals_by_session ON set_totals (session_id, number);
CREATE INDEX set_totals_by_exercise ON set_totals (exercise, session_id, number);
""" + "".join(
    f"CREATE TRIGGER {table}_{verb}_refused BEFORE {verb.upper()} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'measured rows are never changed'); END;\n"
    for table in ("sets", "reps", "rejected", "gaps")
    for verb in ("update", "delete")
)

VERSION_2 = """
ALTER TABLE sets ADD COLUMN form TEXT;      -- JSON object: form of the whole set; NULL: not judged
ALTER TABLE reps ADD COLUMN shape TEXT;     -- JSON object: how it was moved

CREATE TABLE bands (
    band_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    exercise TEXT NOT NULL,
    side TEXT CHECK (side IN ('left', 'right')),
    floor_deg REAL NOT NULL,
    target_deg REAL NOT NULL,
    ceiling_deg REAL NOT NULL,
    ranges TEXT NOT NULL                    -- JSON array: degrees of the repetitions it is made of
) STRICT;
""" + "".join(
    f"CREATE TRIGGER bands_{verb}_refused BEFORE {verb.upper()} ON bands "
    f"BEGIN SELECT RAISE(ABORT, 'a new band stands beside the old one'); END;\n"
    for verb in ("update", "delete")
)

VERSION_3 = """
ALTER TABLE reps ADD COLUMN range_m REAL;   -- of exercises that are measured by the ankle's travel
ALTER TABLE reps ADD COLUMN peak_speed_m_s REAL;
"""

SHAPE_COLUMNS = (
    "mean_concentric_deg_s mean_eccentric_deg_s peak_eccentric_deg_s eccentric_rise_s concentric_sparc eccentric_sparc"
    " hold_drift_deg rest_offset_deg impact_m_s2 axis_x axis_y axis_z"
)
VERSION_4 = """
ALTER TABLE set_totals ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;    -- repetitions held against tempo and range
ALTER TABLE set_totals ADD COLUMN in_band INTEGER NOT NULL DEFAULT 0;   -- of them: in both
ALTER TABLE set_totals ADD COLUMN tempo_in_band INTEGER NOT NULL DEFAULT 0;
ALTER TABLE set_totals ADD COLUMN range_in_band INTEGER;                -- NULL: there was no personal range
ALTER TABLE set_totals ADD COLUMN velocity_loss REAL;
ALTER TABLE set_totals ADD COLUMN median_range_m REAL;
ALTER TABLE set_totals ADD COLUMN reserve INTEGER;                      -- what the person told of the set
ALTER TABLE set_totals ADD COLUMN pain INTEGER;
ALTER TABLE set_totals ADD COLUMN felt TEXT;                            -- places, joined by a space
ALTER TABLE set_totals ADD COLUMN placement TEXT;                       -- where in the workout it stood
ALTER TABLE sessions ADD COLUMN shown_notes TEXT;                       -- what an edit put in place of notes
""" + "".join(
    f"ALTER TABLE reps ADD COLUMN {name} REAL;\n"  # in place of the text in shape
    for name in SHAPE_COLUMNS.split()
)
TOTALS_COMPLETE = 4
"""From this version on the totals hold all that trends read; those of an earlier file are added up again."""

MIGRATIONS: tuple[str, ...] = (VERSION_1, VERSION_2, VERSION_3, VERSION_4)

# The file

READ_VERSION = "PRAGMA user_version"
READ_APPLICATION = "PRAGMA application_id"
COUNT_TABLES = "SELECT count(*) FROM sqlite_schema"
PER_CONNECTION = ("PRAGMA foreign_keys = ON", "PRAGMA trusted_schema = OFF")
# fullfsync: on macOS a plain fsync leaves the data in the drive's cache; elsewhere it says nothing.
PER_WRITER = ("PRAGMA synchronous = FULL", "PRAGMA fullfsync = ON")
USE_WAL = "PRAGMA journal_mode = WAL"
BEGIN_WRITE = "BEGIN IMMEDIATE"
BEGIN_READ = "BEGIN"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"
MARK = f"PRAGMA application_id = {APPLICATION_ID}"


def write_version(version: int) -> str:
    """Return the statement that sets the schema's version."""
    return f"PRAGMA user_version = {int(version)}"


def _insert(table: str, columns: str) -> str:
    names = columns.split()
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


# Writing

INSERT_SESSION = _insert(
    "sessions",
    "uuid started_at started_us exercise working_side sensor_side load_kg notes",
)
END_SESSION = "UPDATE sessions SET ended_at = ?, ending = ?, notes = coalesce(?, notes) WHERE session_id = ?"
SHOW_NOTES = "UPDATE sessions SET shown_notes = ? WHERE session_id = ?"
INSERT_SENSOR = _insert("sensors", "session_id number family name address side info")
INSERT_RECORDING = _insert("recordings", "session_id number path sha256 seconds")
CLOSE_RECORDING = "UPDATE recordings SET sha256 = ?, seconds = ? WHERE session_id = ? AND number = ?"
INSERT_SCORING = _insert("scorings", "session_id algorithm_version created_at current")
INSERT_SCORING_RECORDING = _insert("scoring_recordings", "scoring_id session_id recording")
CLEAR_CURRENT = "UPDATE scorings SET current = 0 WHERE session_id = ? AND current = 1"
SET_CURRENT = "UPDATE scorings SET current = 1 WHERE session_id = ? AND scoring_id = ?"
INSERT_SET = _insert(
    "sets",
    "scoring_id session_id number recording sensor stream_number start_s end_s reported_s"
    " side exercise load_kg load_label kind form",
)
INSERT_REP = _insert(
    "reps",
    "set_id partial number peak start_s peak_start_s peak_end_s end_s reported_s"
    " range_deg peak_speed_deg_s bottom_pause_s flags form range_m peak_speed_m_s"
    f" {SHAPE_COLUMNS}",
)
INSERT_REJECTED = _insert(
    "rejected",
    "scoring_id session_id recording sensor peak start_s end_s reported_s reason detail measured",
)
INSERT_GAP = _insert("gaps", "scoring_id session_id recording sensor start_s end_s samples_lost")
INSERT_EDIT = _insert("edits", "session_id at kind set_id rep_id recording sensor start_s end_s value undoes")
INSERT_BAND = _insert("bands", "at exercise side floor_deg target_deg ceiling_deg ranges")
INSERT_ANSWER = _insert("answers", "session_id at set_number question value")
CLEAR_TOTALS = "DELETE FROM set_totals WHERE session_id = ?"
INSERT_TOTALS = _insert(
    "set_totals",
    "set_id session_id number side exercise load_kg load_label kind reps partials start_s end_s"
    " time_under_tension_s median_range_deg median_peak_speed_deg_s median_concentric_s median_hold_s"
    " median_eccentric_s median_bottom_pause_s judged in_band tempo_in_band range_in_band velocity_loss"
    " median_range_m reserve pain felt placement",
)
CHANGE_TOLD = "UPDATE set_totals SET reserve = ?, pain = ?, felt = ?, placement = ? WHERE session_id = ? AND number = ?"

# Reading

SESSIONS_BY_PREFIX = "SELECT session_id, uuid FROM sessions WHERE uuid >= ? AND uuid < ? ORDER BY uuid LIMIT 4"
SESSION_IDS = "SELECT session_id FROM sessions"
SESSION = "SELECT * FROM sessions WHERE session_id = ?"
OPEN_SESSIONS = "SELECT uuid FROM sessions WHERE ended_at IS NULL ORDER BY started_us DESC, session_id DESC"
SENSORS = "SELECT * FROM sensors WHERE session_id = ? ORDER BY number"
RECORDINGS = "SELECT * FROM recordings WHERE session_id = ? ORDER BY number"
SCORINGS = "SELECT * FROM scorings WHERE session_id = ? ORDER BY scoring_id"
SCORING_RECORDINGS = """
SELECT scoring_id, recording FROM scoring_recordings JOIN scorings USING (scoring_id)
WHERE scorings.session_id = ? ORDER BY scoring_id, recording"""
CURRENT_SCORING = "SELECT scoring_id FROM scorings WHERE session_id = ? AND current = 1"
NEXT_SET_NUMBER = "SELECT coalesce(max(number), 0) + 1 FROM sets WHERE scoring_id = ?"
SETS = "SELECT * FROM sets WHERE scoring_id = ? ORDER BY number"
REPS = """
SELECT reps.* FROM sets JOIN reps USING (set_id)
WHERE scoring_id = ? ORDER BY sets.number, reps.partial, reps.number"""
SET = "SELECT * FROM sets WHERE set_id = ?"
REPS_OF_SET = "SELECT * FROM reps WHERE set_id = ? ORDER BY partial, number"
REJECTED = "SELECT * FROM rejected WHERE scoring_id = ? ORDER BY rejected_id"
GAPS = "SELECT * FROM gaps WHERE scoring_id = ? ORDER BY gap_id"
EDITS = """
SELECT edits.*, count(counted.rep_id) AS measured, named.partial FROM edits
    LEFT JOIN reps AS counted ON counted.set_id = edits.set_id AND counted.partial = 0
    LEFT JOIN reps AS named ON named.rep_id = edits.rep_id
WHERE session_id = ? GROUP BY edit_id ORDER BY edit_id"""
EDIT_SESSION = "SELECT session_id FROM edits WHERE edit_id = ?"
TOTALS_OF_SESSION = "SELECT number FROM set_totals WHERE session_id = ?"
ANSWERS = "SELECT * FROM answers WHERE session_id = ? ORDER BY answer_id"
ANSWERS_TO = "SELECT * FROM answers WHERE question = ? ORDER BY answer_id"
BANDS = "SELECT * FROM bands ORDER BY band_id"
PLACE_OF_SET = """
SELECT set_id, NULL AS rep_id, recording, sensor, start_s, end_s FROM sets
WHERE set_id = ? AND session_id = ?"""
PLACE_OF_NUMBER = "SELECT recording, sensor, start_s, end_s FROM sets WHERE scoring_id = ? AND number = ?"
PLACE_OF_REP = """
SELECT set_id, rep_id, recording, sensor, reps.start_s, reps.end_s FROM reps JOIN sets USING (set_id)
WHERE rep_id = ? AND session_id = ?"""


def _agreed(column: str, told: str) -> str:
    """What all sets of a session say, edits applied; where they differ, or there are none, what was told of it."""
    return (
        f"CASE WHEN count(t.set_id) = 0 OR min(t.{column}) <> max(t.{column})"
        f" OR count(t.{column}) NOT IN (0, count(t.set_id)) THEN s.{told} ELSE max(t.{column}) END AS agreed_{told}"
    )


SUMMARIES = f"""
SELECT s.*, {_agreed("exercise", "exercise")}, {_agreed("side", "working_side")},
    {_agreed("load_kg", "load_kg")}, scorings.algorithm_version, count(t.set_id) AS sets,
    ifnull(sum(t.reps), 0) AS reps,
    ifnull(sum(t.partials), 0) AS partials, total(t.time_under_tension_s) AS time_under_tension_s,
    ifnull(sum(t.reps) FILTER (WHERE t.kind = 'work'), 0) AS work_reps,
    (SELECT count(*) FROM edits WHERE edits.session_id = s.session_id) AS edits
FROM (SELECT * FROM sessions ORDER BY started_us DESC, session_id DESC LIMIT ?) AS s
    JOIN scorings ON scorings.session_id = s.session_id AND scorings.current = 1
    LEFT JOIN set_totals AS t ON t.session_id = s.session_id
GROUP BY s.session_id ORDER BY s.started_us DESC, s.session_id DESC"""
_SET_HISTORY = """
SELECT s.uuid, s.started_at, t.* FROM set_totals AS t JOIN sessions AS s USING (session_id){where}
ORDER BY s.started_us, s.session_id, t.number"""
SET_HISTORY = _SET_HISTORY.format(where="")
SET_HISTORY_OF_EXERCISE = _SET_HISTORY.format(where=" WHERE t.exercise = ?")

_TREND_SETS = """
SELECT s.uuid, s.started_at, s.started_us, t.number, t.exercise, t.side, t.placement, t.load_label, t.kind, t.load_kg,
    t.reps, t.judged, t.in_band, t.tempo_in_band, t.range_in_band, t.median_range_deg, t.median_range_m,
    t.median_peak_speed_deg_s, t.median_concentric_s, t.median_hold_s, t.median_eccentric_s, t.median_bottom_pause_s,
    t.time_under_tension_s, t.velocity_loss, t.reserve, t.pain, t.felt
FROM set_totals AS t JOIN sessions AS s USING (session_id){where}
ORDER BY s.started_us, s.session_id, t.number"""
TREND_SETS = _TREND_SETS.format(where="")
TREND_SETS_OF_NEWEST = _TREND_SETS.format(
    where=" WHERE s.session_id IN (SELECT session_id FROM sessions ORDER BY started_us DESC, session_id DESC LIMIT ?)"
)
TREND_SETS_OF_EXERCISE = _TREND_SETS.format(where=" WHERE t.exercise = ?")
DAYS = """
SELECT substr(s.started_at, 1, 10) AS day, count(DISTINCT s.session_id), count(t.set_id), ifnull(sum(t.reps), 0)
FROM sessions AS s LEFT JOIN set_totals AS t ON t.session_id = s.session_id AND t.kind = 'work'
GROUP BY day ORDER BY day"""
