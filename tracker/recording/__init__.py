"""Raw recordings of BLE traffic (MCAP), and samples as CSV: the files that outlive the program."""

from .model import (
    SCHEMA,
    GattEvent,
    Header,
    Marker,
    MarkerKind,
    Operation,
    RecordingError,
    SensorEntry,
    Side,
)
from .reader import Ending, Recording, open_recording
from .recover import RecoveryReport, recover
from .samples_csv import CsvRecording, read_samples_csv, write_samples_csv
from .whole import write_recording
from .writer import RecordingWriter

__all__ = [
    "SCHEMA",
    "CsvRecording",
    "Ending",
    "GattEvent",
    "Header",
    "Marker",
    "MarkerKind",
    "Operation",
    "Recording",
    "RecordingError",
    "RecordingWriter",
    "RecoveryReport",
    "SensorEntry",
    "Side",
    "open_recording",
    "read_samples_csv",
    "recover",
    "write_recording",
    "write_samples_csv",
]
