from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tracker.coaching.form import FormFlag
from tracker.journal import AddRep, Journal, JournalError, ScoredGap, ScoredRejected, Sensor, SessionStart
from tracker.journal.frame import COLUMNS
from tracker.motion.samples import Gap
from tracker.motion.values import Reason, Rejected

from .conftest import form_of


def filled(path: Path, start: SessionStart, make_set, make_rep, *, recording: Path) -> tuple[Journal, str]:
    journal = Journal.open(path)
    session = journal.begin_session(start)
    journal.add_recording(session, recording)
    journal.save(session, ScoredGap(measured=Gap(1.0, 1.5, 50)))
    journal.save_set(session, make_set(1), form=form_of({1: FormFlag.NO_HOLD}))
    small = Rejected(9, 3.0, 4.0, 4.2, Reason.TOO_SMALL, "range 7° < 10°", make_rep(3.0, seconds=1.0))
    journal.save(session, ScoredRejected(measured=small))
    return journal, session


def test_two_runs_have_one_content(tmp_path: Path, start: SessionStart, make_set, make_rep) -> None:
    later = replace(start, started_at=start.started_at + timedelta(days=9), notes="replayed", algorithm_version="9")
    one, first = filled(tmp_path / "a" / "j", start, make_set, make_rep, recording=tmp_path / "a.mcap")
    two, second = filled(tmp_path / "b" / "j", later, make_set, make_rep, recording=tmp_path / "b.mcap")
    with one, two:
        assert first != second
        content = one.session(first).content()
        assert content == two.session(second).content()
        assert one.session(first).fingerprint == two.session(second).fingerprint
        text = json.dumps(content, allow_nan=False)
        for absent in (first, "2025", ".mcap", "replayed"):
            assert absent not in text
        assert json.loads(text) == content


def test_the_last_bit_of_a_number_shows(tmp_path: Path, start: SessionStart, make_set, make_rep) -> None:
    def nudged(number: int):
        whole = make_set(number)
        end_s = math.nextafter(whole.reps[0].end_s, math.inf)
        return replace(whole, reps=(replace(whole.reps[0], end_s=end_s), *whole.reps[1:]))

    one, first = filled(tmp_path / "a" / "j", start, make_set, make_rep, recording=tmp_path / "x")
    two, second = filled(tmp_path / "b" / "j", start, nudged, make_rep, recording=tmp_path / "x")
    with one, two:
        assert one.session(first).fingerprint != two.session(second).fingerprint


def test_content_of_a_set(journal: Journal, session: str, make_set) -> None:
    journal.save_set(session, make_set(), form=form_of({1: FormFlag.NO_HOLD}))
    (row,) = journal.session(session).content()["sets"]
    assert (row["recording"], row["sensor"], row["set"], row["side"], row["kind"]) == (
        1,
        1,
        1,
        "left",
        "work",
    )
    found = {"flag": "no-hold", "value": 0.21, "limit": 0.5, "unit": "s"}
    assert [rep["form"] for rep in row["reps"]] == [[found], [], [], []]
    assert row["form"]["range_fade"] == -0.08
    assert len(row["partials"]) == 1


def test_a_table_of_repetitions(journal: Journal, session: str, make_set) -> None:
    set_id = journal.save_set(session, make_set(), form=form_of({2: FormFlag.NO_HOLD}))
    journal.edit(session, AddRep(set_id))
    table = journal.session(session).to_frame()
    assert list(table.columns) == list(COLUMNS)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == COLUMNS
    assert table["rep"].tolist() == [1, 2, 3, 4, 5]
    assert table["range_deg"].tolist()[:4] == [30.0, 31.0, 32.0, 33.0]
    assert math.isnan(table["range_deg"].iloc[4])
    assert table["added"].tolist() == [False] * 4 + [True]
    assert table["flags"].iloc[1] == "no-hold"
    assert table["concentric_s"].iloc[0] == pytest.approx(0.99)
    assert len(journal.session(session).to_frame(partials=True)) == 6


def test_an_empty_table_has_its_columns(journal: Journal, session: str) -> None:
    table = journal.session(session).to_frame()
    assert len(table) == 0
    assert {name: str(kind) for name, kind in table.dtypes.items()} == COLUMNS


def test_a_table_without_pandas_says_what_to_install(
    journal: Journal, session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(JournalError, match="needs pandas"):
        journal.session(session).to_frame()


def test_the_journal_alone_imports_no_pandas() -> None:
    code = "import sys, tracker.journal; sys.exit('pandas' in sys.modules or 'scipy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_devices_text_cannot_do_harm(journal: Journal, session: str) -> None:
    evil = "\x1b]0;owned\x07\r\nDROP\u202e\ud800" + "x" * 5000
    journal.add_sensor(session, Sensor(family="f", name=evil, address="'; --", info={evil: evil, "hz": 100.0}))
    (sensor,) = journal.session(session).sensors
    assert len(sensor.name) == 80
    for text in (sensor.name, *map(str, sensor.info), *map(str, sensor.info.values())):
        assert not set("\x1b\x07\r\u202e\ud800") & set(text)
        assert len(text) <= 500
    assert sensor.address == "'; --"
    assert sensor.info["hz"] == 100.0
    with pytest.raises(ValueError, match="characters of JSON"):
        journal.add_sensor(session, Sensor(family="f", info={str(key): "v" * 400 for key in range(50)}))
