"""Kernels that start at once: each is forked from one process that has imported everything beforehand.

A kernel of its own for every chapter keeps chapters from seeing each other, but a fresh interpreter takes two
seconds to import what all of them use.  The standard library's fork server imports it once; a kernel is then a copy
of that process, and has no more of it to do.  It is a Jupyter *provisioner*, so papermill notices nothing.
Where there is no such server (Windows) or where copying a process is not safe (macOS), kernels start as always.

No kernel outlives the command: `stop` ends all that run, and if the command is killed, the server finds its pipe
closed and ends, and every kernel ends with the server.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from collapse_lib import lifetime

LAUNCH, FORK = "local-provisioner", "collapse-forked"
"""How a kernel may start: the names of the provisioners, Jupyter's own and that of pyproject.toml."""

BEFOREHAND = ["ipykernel.kernelapp", "collapse_lib.press.speed.preload"]
"""What is imported before the first kernel is asked for."""


class Stopped(Exception):
    """The kernels were told to end."""


_running: set[_Started] = set()
_stopped = threading.Event()


def stop() -> None:
    """End every forked kernel, and start none until `prepare` is called again."""
    _stopped.set()
    for process in list(_running):
        process.kill()


def stopped() -> bool:
    """Whether kernels die because they were told to."""
    return _stopped.is_set()


def start_by(name: str) -> None:
    """Let the kernels of this process start so from now on."""
    KernelProvisionerFactory.instance().default_provisioner_name = name


def prepare() -> None:
    """Begin with the imports that forked kernels share, beside what this process goes on to do."""
    if sys.platform == "linux":
        from multiprocessing import forkserver  # which Windows lacks

        _stopped.clear()
        multiprocessing.set_forkserver_preload(BEFOREHAND)
        forkserver.ensure_running()


class Forked(LocalProvisioner):
    """Starts a Python kernel by a fork; all else is as with any kernel of this machine."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """A kernel for `cmd`, which is Python's own launcher of kernels; any other command starts as always."""
        if sys.platform != "linux" or cmd[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        if stopped():
            raise Stopped
        prepare()
        new = multiprocessing.get_context("forkserver").Process
        process = new(target=_become, args=(cmd[3:], kwargs.get("env"), kwargs.get("cwd")), daemon=True)
        process.start()
        self.process = started = _Started(process)  # type: ignore[assignment]
        _running.add(started)
        self.pid = process.pid
        return self.connection_info


class _Started:
    """A forked process that answers as a `subprocess.Popen` does."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process, self.pid = process, process.pid

    def poll(self) -> int | None:
        """Its exit status, or None while it runs."""
        if (status := self._process.exitcode) is not None:
            _running.discard(self)
        return status

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        self._process.join()
        _running.discard(self)
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _become(arguments: list[str], environment: Mapping[str, str] | None, folder: str | None) -> None:
    """Turn this process into a kernel."""
    from multiprocessing import forkserver

    lifetime.end_with_parent(os.getppid())
    # The server ends when the last hand that holds this pipe lets go; a kernel was given one, and starts nothing.
    if (alive := getattr(forkserver._forkserver, "_forkserver_alive_fd", None)) is not None:
        os.close(alive)
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()  # a Ctrl-C in the terminal is for the command, which then stops its kernels
    if environment is not None:
        os.environ.clear()
        os.environ.update(environment)
    if folder is not None:
        os.chdir(folder)
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
