"""The `bash` that stands before bash on the PATH of act: no step begins before the harness says so."""

from pathlib import Path

# act logs with each line of output which job, which leg of a matrix and which step wrote it: the line printed
# here tells the harness whose the request is that follows.
MARK = "@harness@"
_TEXT = r"""#!/bin/bash
case "${!#}" in
*/act/workflow/*.sh)
    harness_mark="$RANDOM$RANDOM-$$"
    printf '%s %s\n' '@MARK@' "$harness_mark"
    exec 9<>/dev/tcp/127.0.0.1/@PORT@ || exit 97
    printf 'POST /begin/%s HTTP/1.0\r\nX-Temporary: %s\r\nContent-Length: 0\r\n\r\n' "$harness_mark" "$RUNNER_TEMP" >&9
    read -r _ harness_answer _ <&9
    exec 9<&- 9>&-
    [ "$harness_answer" = 204 ] && exit 0
    [ "$harness_answer" = 200 ] || exit 98
    unset harness_mark harness_answer
    # A job's machine is fresh: nobody else's home, nobody else's temporary files.
    export HOME="${RUNNER_TEMP%/tmp}/home" TMPDIR="$RUNNER_TEMP"
    mkdir -p "$HOME"
    ;;
esac
exec /bin/bash "$@"
"""


def write_shim(folder: Path, port: int) -> Path:
    """Write it; returns the folder to put first on the PATH."""
    folder.mkdir()
    path = folder / "bash"
    path.write_text(_TEXT.replace("@MARK@", MARK).replace("@PORT@", str(port)))
    path.chmod(0o755)
    return folder
