"""What Jupyter sees: a provisioner that asks the warm parent for a fork instead of starting a process."""

import asyncio
import functools
import hashlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir
from traitlets import Float

PARENT = Path(__file__).with_name("parent.py")
PATIENCE = 60  # seconds for a parent to import the stack on a busy machine
IDLE = 300.0
LOCK = Path(__file__).parents[3] / "requirements.lock"
"""What is installed, where the project is a clone: another lock means another parent."""
OLD = 86400
"""Seconds after which nobody will ask why a parent ended."""
FRESH = 60
"""Seconds for which a socket that nobody answers may be about to be listened to."""

# What shapes an interpreter while it starts and imports: all of the environment that a parent gets to see,
# and part of its name. Kernels get the whole environment of their client.
SHAPING = (
    "HOME", "LANG", "LC_", "LD_", "MKL_", "MPL", "OMP_", "OPENBLAS_", "PYTHON",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
)  # fmt: skip


class NoWarmKernel(OSError):
    """Why there can be no warm kernel here; a stock one starts instead."""


class WarmProvisioner(LocalProvisioner):
    """Kernels forked from a warm parent or, with one line of explanation, stock kernels where that cannot be.

    They talk over Unix sockets in a folder that only the user can enter; where there is none, encrypted TCP.
    """

    idle_seconds = Float(IDLE, help="Seconds without a kernel until the parent ends itself.")

    async def pre_launch(self, **kwargs):
        kwargs["env"] = _one_thread(kwargs.get("env", os.environ))
        if not self.connection_info:  # at a restart the clients stay connected to where they are
            try:
                place = _private_folder() / _digest(self.kernel_id)
            except OSError:
                kwargs["transport_encryption"] = "required"
            else:
                self.parent.transport = "ipc"
                self.parent.ip = str(place)
                self.parent.cache_ports = False
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        try:
            self.process = await asyncio.to_thread(self._fork, cmd, **kwargs)
        except (OSError, subprocess.SubprocessError) as reason:
            place = getattr(reason, "filename", None)
            _explain(f"{place}: {reason.strerror.lower()}" if place else str(reason))
            return await super().launch_kernel(cmd, **kwargs)
        self.pid, self.pgid = self.process.pid, None  # its group is signalled through the parent
        self.cwd = kwargs.get("cwd") or Path.cwd()
        for _ in range(1000):  # a client that connects a little too early would wait much longer than this
            if self.process.poll() is not None or all(map(os.path.exists, self._sockets())):
                break
            await asyncio.sleep(0.005)
        return self.connection_info

    async def kill(self, restart=False):
        await super().kill(restart)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended(), timeout=5)

    async def wait(self):
        await self._ended()
        return await super().wait()

    async def _ended(self):
        """Look every 5 ms: jupyter_client looks every 100 and so makes each kernel end that much later."""
        while self.process and self.process.poll() is None:
            await asyncio.sleep(0.005)

    def _fork(self, cmd, *, env, cwd=None, stdin=None, stdout=None, stderr=None, **others):
        stock = [sys.executable, "-m", "ipykernel_launcher"]
        if cmd[:3] != stock or others.keys() - {"kernel_id", "extra_arguments"}:
            raise NoWarmKernel(f"it only does {' '.join(stock)}, not {cmd} with {list(others)}")
        folder = _private_folder()
        request = {
            "argv": cmd[3:],
            "env": env,
            "forks": str(folder / f"{_digest(self.kernel_id)}-forks"),
            "leftovers": [str(Path(self.parent.connection_file).resolve()), *self._sockets()],
        }
        place = folder / _fingerprint(env, self.idle_seconds)
        while True:
            running = _connect(place)
            connection = running or _start_parent(place, env, self.idle_seconds)
            try:
                return _WarmKernel(connection, request, cwd or ".", stdout, stderr)
            except BaseException as problem:
                connection.close()
                if not (running and isinstance(problem, ConnectionError)):
                    raise  # else that parent was just ending: start another one

    def _sockets(self):
        info = self.connection_info
        if info["transport"] == "tcp":
            return []
        return [f"{info['ip']}-{port}" for name, port in info.items() if name.endswith("_port")]


class _WarmKernel:
    """A forked kernel behind the part of subprocess.Popen's interface that LocalProvisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, connection, request, cwd, stdout, stderr):
        self.returncode = None
        self._connection = connection
        outputs = [_descriptor(stdout, 1), _descriptor(stderr, 2)]
        with tempfile.TemporaryFile("w+") as file:
            json.dump(request, file)
            file.seek(0)
            folder = os.open(cwd, os.O_RDONLY | os.O_DIRECTORY)
            try:
                socket.send_fds(connection, [b"k"], [file.fileno(), folder, *outputs])
            finally:
                os.close(folder)
        connection.settimeout(PATIENCE)
        self.pid = self._receive()
        if self.pid is None:
            raise ConnectionError(f"the parent process ended, see {connection.getpeername()}.log")

    def poll(self):
        return self._exit_code(timeout=0)

    def wait(self):
        return self._exit_code(timeout=None)

    def send_signal(self, signum):
        if self.poll() is None:
            with suppress(ConnectionError):
                self._connection.sendall(bytes([signum]))

    def _exit_code(self, timeout):
        if self.returncode is None:
            self._connection.settimeout(timeout)
            with suppress(BlockingIOError):
                code = self._receive()
                self.returncode = -signal.SIGKILL if code is None else code  # they die with their parent
                self._connection.close()
        return self.returncode

    def _receive(self):
        try:
            answer = self._connection.recv(4)
        except ConnectionError:
            answer = b""
        return int.from_bytes(answer, "big", signed=True) if answer else None


def wake():
    """Start a parent if there is none, so that it imports the stack while its client still does other things."""
    env = _one_thread(os.environ)
    with suppress(OSError, subprocess.SubprocessError):  # explained when a kernel is wanted
        sweep()
        place = _private_folder() / _fingerprint(env, IDLE)
        connection = _connect(place) or _start_parent(place, env, IDLE)
        connection.close()


def sweep():
    """Remove the sockets that killed kernels and parents left behind, which nobody listens to, and their old logs."""
    for file in sorted(_private_folder().iterdir()):  # a socket before its log
        status = file.lstat()
        if file.suffix == ".log" and time.time() - status.st_mtime > OLD and not file.with_suffix("").exists():
            file.unlink(missing_ok=True)
        if stat.S_ISSOCK(status.st_mode) and time.time() - status.st_mtime > FRESH:
            if connection := _connect(file):
                connection.close()
            else:
                file.unlink(missing_ok=True)


def _one_thread(env):
    """One thread of linear algebra unless the environment says otherwise: no pool to lose in a fork, no number
    that depends on how many cores a machine has."""
    return {"OMP_NUM_THREADS": "1", **env}


def _connect(place):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(place))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _start_parent(place, env, idle_seconds):
    """A connection to a new parent, or to the one that another client has started at the same moment."""
    with FileLock(place.with_name("parent.lock"), timeout=PATIENCE):
        if connection := _connect(place):
            return connection
        place.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener, Path(f"{place}.log").open("w") as log:
            listener.bind(str(place))
            listener.listen(128)  # from now on clients can connect, to be answered after the imports
            descriptor = listener.fileno()
            subprocess.run(
                [sys.executable, PARENT, str(descriptor), str(idle_seconds)],
                env=_shape(env), cwd="/", pass_fds=[descriptor], start_new_session=True, timeout=PATIENCE,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
            return _connect(place)


def _fingerprint(env, idle_seconds):
    """Name of the parent to use: a new one when the lock, what is installed or what shapes it has changed."""
    lock = LOCK.read_text(encoding="utf-8") if LOCK.exists() else ""
    installed = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
    parts = [sys.executable, PARENT.read_text(), lock, installed, sorted(_shape(env).items()), idle_seconds]
    return _digest(parts)


def _digest(thing):
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:12]


def _shape(env):
    return {name: value for name, value in env.items() if name.startswith(SHAPING)}


def _private_folder():
    """Folder for the sockets: in Jupyter's runtime folder, in /tmp if that path is too long for a socket."""
    if not (sys.platform == "linux" and hasattr(os, "fork")):  # macOS has it, but its frameworks die
        raise NoWarmKernel("only Linux can fork an interpreter with everything loaded")
    folder = Path(jupyter_runtime_dir(), "magnets")
    if len(os.fsencode(folder)) > 80:
        folder = Path(tempfile.gettempdir(), f"magnets-{os.getuid()}-{_digest(folder)}")
    if len(os.fsencode(folder)) > 80:
        raise NoWarmKernel(f"{folder} is too long a path for a socket; set TMPDIR to a shorter one")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o077:
        raise PermissionError(f"{folder} must be a folder of yours that nobody else can enter (chmod 700)")
    return folder


def _descriptor(stream, default):
    number = default if stream is None else stream if isinstance(stream, int) else stream.fileno()
    if number < 0:
        raise NoWarmKernel("its output must go to an open file")
    return number


@functools.cache
def _explain(reason):
    """Say once per process and reason why a kernel is not a warm one."""
    print(f"magnets: starting the stock ipykernel, not a warm one: {reason}", file=sys.stderr)
