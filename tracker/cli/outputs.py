"""Files that a command writes: whole or not at all, and in no other file's place unless that was asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker.cli.errors import BadInputError


def check_outputs(outputs: Sequence[Path], *, force: bool, sources: Sequence[Path] = ()) -> None:
    """Refuse outputs that would destroy something.

    Parameters
    ----------
    outputs
        What is going to be written; the last is the one that the person named.
    force
        Files that exist may be replaced.
    sources
        What is read; it is never replaced.

    Raises
    ------
    BadInputError
        There is no such folder, the file exists, it is a source, or it is not a file (a device, a link).
    """
    for output in outputs:
        if not output.parent.is_dir():
            raise BadInputError(f"{output}: there is no folder {output.parent}")
        if not os.path.lexists(output):
            continue
        if output.exists() and any(source.exists() and source.samefile(output) for source in sources):
            raise BadInputError(f"{output}: is what is read, it cannot be written as well")
        if output.is_symlink() or not output.is_file():
            raise BadInputError(f"{output}: is not a regular file, it cannot be replaced")
        if not force:
            raise BadInputError(f"{output}: already exists (--force replaces it)")


@contextmanager
def written(*outputs: Path, force: bool, sources: Sequence[Path] = ()) -> Iterator[tuple[Path, ...]]:
    """Give neighbours to write to; they take the outputs' names if the body ends well.

    Raises
    ------
    BadInputError
        As for `check_outputs`, or the system refused to write.
    """
    check_outputs(outputs, force=force, sources=sources)
    try:
        folder = TemporaryDirectory(prefix=".kickback-", dir=outputs[0].parent)
    except OSError as error:
        raise _named(outputs[-1], error) from error
    with folder as name:
        aside = tuple(Path(name) / output.name for output in outputs)
        try:
            yield aside
            check_outputs(outputs, force=force, sources=sources)
            for made, output in zip(aside, outputs, strict=True):
                os.replace(made, output)  # noqa: PTH105 moving, not renaming in place
        except OSError as error:
            if error.filename is None or str(error.filename).startswith(name):
                raise _named(outputs[-1], error) from error
            raise
        except ValueError as error:
            if name in str(error):
                raise BadInputError(str(error).replace(name + os.sep, f"{outputs[0].parent}{os.sep}")) from error
            raise


def _named(output: Path, error: OSError) -> BadInputError:
    return BadInputError(f"{output}: cannot write: {(error.strerror or str(error)).lower()}")
