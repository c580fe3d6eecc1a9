"""The warm parent: imports the third-party stack once, then forks a kernel per request; without `helpers`.

    python parent.py LISTENER IDLE    descriptor of a listening Unix socket; idle seconds until the end

Each connection is one kernel. The client sends one byte with four descriptors: the request (JSON: `argv`,
`env`, `forks`, `leftovers`), the working directory, standard output, standard error. It gets the kernel's
process id and, at last, its exit code, four bytes each; what it sends in between are signals for the kernel,
a byte each. When the client's end closes, the kernel is killed and the files it leaves behind are removed.
"""

import builtins
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace

STACK = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "tornado.platform.asyncio",
    "IPython.core.completerlib",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "numpy",
    "pandas",
    "pandas.io.formats.html",
    "pydantic.fields",
    "pydantic.plugin._schema_validator",
    "pydantic.type_adapter",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "scipy.stats",
    "statsmodels.api",
    "statsmodels.formula.api",
    "statsmodels.tsa.api",
    "xml.etree.ElementTree",
)


def main():
    listener = socket.socket(fileno=int(sys.argv[1]))
    if os.fork():
        os._exit(0)  # the client waits for this process only; the parent is nobody's child
    print("parent", os.getpid(), flush=True)
    if not sys.flags.safe_path:
        del sys.path[0]  # this folder
    preload()
    request = serve(listener, idle_seconds=float(sys.argv[2]))
    if request:
        run_kernel(request)


def preload():
    """Import the stack as it would be in a notebook, with nothing drawn or computed yet."""
    gc.disable()  # hardly anything of it is garbage
    keep_memory()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)  # else pandas formats tables for a terminal
    for name in STACK:
        importlib.import_module(name)
    del builtins.get_ipython
    complete_own()
    gc.freeze()  # the kernels share these pages: no collector shall touch them
    gc.set_threshold(50_000, 20, 20)  # a drawing is made of many objects, few of which are garbage
    gc.enable()


def keep_memory():
    """Let the C library keep what arrays up to 64 MB leave behind: each new page costs more than filling it."""
    with suppress(AttributeError):  # only glibc has it
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            ctypes.CDLL(None).mallopt(option, 64 * 2**20)


def complete_own():
    """Let what is typed after a module of ours be completed by the names that are its own, not those it imports."""
    from IPython.core.error import TryNext
    from IPython.utils.generics import complete_object

    @complete_object.register(ModuleType)
    def _(module, words):
        if module.__name__.partition(".")[0] != "helpers":
            raise TryNext
        return sorted(getattr(module, "__all__", [name for name in words if _own(module, name)]))


def _own(module, name):
    value = getattr(module, name, None)
    if isinstance(value, ModuleType):
        return value.__name__ == f"{module.__name__}.{name}"
    return name[0] != "_" and not (isinstance(value, type | FunctionType) and value.__module__ != module.__name__)


def serve(listener, idle_seconds):
    """Answer requests until idle. Returns None in the parent, and its request in every forked kernel."""
    bell, ringer = socket.socketpair()
    for end in (bell, ringer):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
    kernels = {}  # connection: (process id, request)
    while True:
        ready = select.select([listener, bell, *kernels], [], [], idle_seconds)[0]
        if not ready and not kernels:
            # Nobody replaces the file while this listens; who looks for it from now on starts a new parent.
            _remove(listener.getsockname())
            return None
        if bell in ready:
            bell.recv(1024)
            _report_exits(kernels)
        for connection in kernels.keys() & set(ready):
            _obey(connection, kernels)
        if listener in ready:
            connection, _ = listener.accept()
            try:
                request = _receive(connection)
                pid = os.fork()
            except (OSError, ValueError):  # a client that left, or no room: it sees its connection end
                connection.close()
                continue
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for inherited in (listener, bell, ringer, connection, *kernels):
                    inherited.close()
                return request
            for descriptor in request["descriptors"]:
                os.close(descriptor)
            kernels[connection] = pid, request
            _send(connection, pid)


def run_kernel(request):
    """Turn this fork into the process that `ipykernel_launcher` would have been, and run it to its end."""
    os.setsid()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: die with the parent
    if os.getppid() != request["parent"]:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])

    folder, *outputs = request["descriptors"]
    os.fchdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for target, output in enumerate(outputs, start=1):
        os.dup2(output, target)
    for descriptor in request["descriptors"]:
        os.close(descriptor)

    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    importlib.invalidate_caches()
    sys.modules["numpy"].random.seed()  # `random` reseeds itself after a fork
    sys.argv = [importlib.util.find_spec("ipykernel_launcher").origin, *request["argv"]]
    kernelapp = sys.modules["ipykernel.kernelapp"]
    kernelapp.IOPubThread = _without_port(kernelapp.IOPubThread, request["forks"])
    names = "--IPCompleter.use_jedi=False"  # jedi offers all that a module imports: see `complete_own`
    kernelapp.IPKernelApp.launch_instance([names, *request["argv"]], parent_handle=request["parent"])
    # Let the control thread say goodbye before the exit handlers close its output, or it may wait there forever.
    kernelapp.IPKernelApp.instance().control_thread.join(timeout=0.5)


def _without_port(thread_class, file):
    """What a notebook's own forks print comes over a Unix socket: ipykernel opens a plain TCP port for it."""
    zmq = sys.modules["zmq"]

    class Thread(thread_class):
        def _setup_pipe_in(self):
            self._pipe_uuid = os.urandom(16)
            socket = self.socket.context.socket(zmq.PULL)
            socket.bind(f"ipc://{file}")
            self._pipe_in = sys.modules["zmq.eventloop.zmqstream"].ZMQStream(socket, self.io_loop)
            self._pipe_in.on_recv(self._handle_pipe_msg)

        def _setup_pipe_out(self):
            context = zmq.Context()
            socket = context.socket(zmq.PUSH)
            socket.linger = 3000
            socket.connect(f"ipc://{file}")
            return context, socket

    return Thread


def _receive(connection):
    connection.settimeout(10)
    _, descriptors, _, _ = socket.recv_fds(connection, 1, 4)
    if len(descriptors) != 4:
        raise ValueError("not a request")
    with os.fdopen(descriptors[0]) as file:
        return {"parent": os.getpid(), "descriptors": descriptors[1:], **json.load(file)}


def _send(connection, number):
    with suppress(OSError):  # the client has left; the loop will see it
        connection.sendall(number.to_bytes(4, "big", signed=True))


def _report_exits(kernels):
    with suppress(ChildProcessError):
        while (exit_ := os.waitpid(-1, os.WNOHANG))[0]:
            for connection, (pid, request) in list(kernels.items()):
                if pid == exit_[0]:
                    del kernels[connection]
                    _remove(request["forks"])
                    with suppress(OSError):  # what it started and left running
                        os.killpg(pid, signal.SIGKILL)
                    _send(connection, os.waitstatus_to_exitcode(exit_[1]))
                    connection.close()


def _obey(connection, kernels):
    pid, request = kernels[connection]
    try:
        signals = connection.recv(64)
    except OSError:
        signals = b""
    for signum in signals or [signal.SIGKILL]:
        with suppress(OSError):  # there is no such signal
            try:
                os.killpg(pid, signum)
            except ProcessLookupError:  # just forked, not yet a group of its own
                os.kill(pid, signum)
    if not signals:
        del kernels[connection]
        connection.close()
        _remove(request["forks"], *request["leftovers"])


def _remove(*files):
    for file in files:
        with suppress(OSError):
            Path(file).unlink()


if __name__ == "__main__":
    main()
