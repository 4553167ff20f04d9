"""Make the virtual environment and install the pinned requirements into it.

Runs on the system's Python with nothing installed, so it uses the standard library alone, and
syntax that an old Python still reads: a reader with too old a Python gets a sentence, not a
traceback. Interrupted, it can be run again: a stamp is written only when all is installed, and pip
keeps what it has downloaded.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
OLDEST = (3, 11)
NEWER = ["python3.13", "python3.12", "python3.11"]
REQUIREMENTS = {"book": "requirements.txt", "test": "requirements-test.txt"}

# What pip says when something is wrong, and the sentence that a reader can act on.
SENTENCES = [
    (
        "DO NOT MATCH THE HASHES",
        "A downloaded package does not match the hash in {requirements}; it was not installed. "
        "Try again, and if it happens again report it: somebody has changed that package.",
    ),
    (
        "No space left on device",
        "The disk is full; about 2 GB are needed below {root}.",
    ),
    (
        "Retrying (Retry(",
        "No package index could be reached; connect to the network (or set pip's proxy) and run "
        "the same command again: what is already downloaded is kept.",
    ),
    (
        "No matching distribution found",
        "A pinned package is not to be had for this Python ({version}); use Python 3.11 to 3.13, "
        "for example: make PYTHON=python3.12 serve",
    ),
]


def read(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf8") as file:
        return file.read()


def dotted(version: tuple) -> str:
    return f"{version[0]}.{version[1]}"


def fail(sentence: str) -> NoReturn:
    sys.stderr.write("\nsetup: " + sentence + "\n")
    sys.exit(1)


def new_enough_python() -> None:
    """This Python if it is new enough, else start again under a newer one that is installed."""
    if sys.version_info[:2] >= OLDEST:
        return
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, *sys.argv])
    fail(
        f"Python {dotted(OLDEST)} or newer is needed and this is {dotted(sys.version_info)}; "
        "install one (Debian, Ubuntu: apt install python3.11 python3.11-venv) and run: "
        "make PYTHON=python3.11 serve"
    )


def venv_python() -> str:
    return os.path.join(VENV, "bin", "python")


def runs(python: str) -> bool:
    """Whether the environment's Python starts and is new enough (an upgrade may break it)."""
    code = f"import sys; sys.exit(sys.version_info[:2] < {OLDEST})"
    try:
        return subprocess.call([python, "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv() -> None:
    if runs(venv_python()):
        return
    try:
        import ensurepip  # noqa: F401  Debian ships it in python3-venv alone
    except ImportError:
        fail(
            "this Python has no 'venv' module; install it (Debian, Ubuntu: "
            "apt install python3-venv) and run the same command again."
        )
    print("Making the virtual environment .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", VENV]) != 0:
        fail(f"the virtual environment could not be made in {VENV} (see above).")


def stamp(kind: str) -> str:
    return os.path.join(VENV, "installed-" + kind)


def digest(requirements: str) -> str:
    """What the stamp holds: the pins and the Python they were installed for."""
    text = read(os.path.join(ROOT, requirements)) + sys.version
    return hashlib.sha256(text.encode()).hexdigest()


def pinned(requirements: str) -> int:
    lines = read(os.path.join(ROOT, requirements)).splitlines()
    return sum("==" in line and not line.lstrip().startswith("#") for line in lines)


def install(requirements: str) -> None:
    """Run pip with a line of progress a package; its errors become one sentence."""
    command = [venv_python(), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", requirements]
    tail: list = []
    total, seen = pinned(requirements), 0
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    for line in process.stdout or []:
        tail = [*tail[-200:], line]
        if line.startswith(("Collecting", "Requirement already")):
            seen += 1
            name = line.split()[3 if line.startswith("Req") else 1].split("=")[0]
            show_progress(f"{seen:3} of at most {total}  {name}")
        elif line.startswith("Installing collected"):
            show_progress("installing what was collected (a minute or two) ...")
    show_progress("")
    if process.wait() != 0:
        explain("".join(tail), requirements)


def show_progress(text: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K  " + text if text else "\r\033[K")
        sys.stdout.flush()
    elif text and (text.startswith("inst") or text.split()[0].endswith("0")):
        print("  " + text, flush=True)


def explain(output: str, requirements: str) -> NoReturn:
    lines = output.splitlines()
    sys.stderr.write("\n".join(line for line in lines if "ERROR" in line)[:2000] + "\n")
    for sign, sentence in SENTENCES:
        if sign in output:
            version = dotted(sys.version_info)
            fail(sentence.format(requirements=requirements, root=ROOT, version=version))
    last = "\n".join(lines[-12:])
    fail(f"pip could not install {requirements}:\n{last}")


def let_models_be_imported() -> None:
    """A .pth line, not an editable install: nothing is built and the checkout stays the source."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = subprocess.check_output([venv_python(), "-c", code], universal_newlines=True).strip()
    with open(os.path.join(folder, "models.pth"), "w", encoding="utf8") as line:
        line.write(ROOT + "\n")


def main() -> None:
    new_enough_python()
    kind = sys.argv[1] if len(sys.argv) > 1 else "book"
    if kind not in REQUIREMENTS:
        fail(f"'{kind}' is not a set of requirements; allowed: {', '.join(REQUIREMENTS)}")
    make_venv()
    requirements = REQUIREMENTS[kind]
    if read(stamp(kind)) != digest(requirements):
        print(f"Installing {requirements} ...", flush=True)
        install(requirements)
        # The tests' requirements hold the book's, so installing them settles both.
        for settled in ("book", kind):
            with open(stamp(settled), "w", encoding="utf8") as done:
                done.write(digest(REQUIREMENTS[settled]))
    let_models_be_imported()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("interrupted; run the same command again, it goes on from here.")
