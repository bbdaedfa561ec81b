"""Kernels that start at once: each is forked from one process that has imported everything beforehand.

A kernel of its own for every chapter keeps chapters from seeing each other, but a fresh interpreter takes two
seconds to import what all of them use.  The standard library's fork server imports it once; a kernel is then a copy
of that process, and starts in a tenth of a second.  It is a Jupyter *provisioner*, so papermill notices nothing.
Where there is no such server (Windows) or where copying a process is not safe (macOS), kernels start as always.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from collapse_lib import claims

NAME = "collapse-forked"
"""The provisioner, as pyproject.toml announces it to Jupyter."""

IMPORTED = (
    "ipykernel.kernelapp",
    "ipykernel.pylab.backend_inline",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "collapse_lib.corpora",
    "collapse_lib.exercises",
    "collapse_lib.plotting",
    "collapse_lib.prose",
    *(f"collapse_lib.claims.{chapter}" for chapter in claims.CHAPTERS),
)
"""What is imported before the first kernel is asked for."""


class Forked(LocalProvisioner):
    """Starts a Python kernel by a fork; all else is as with any kernel of this machine."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """A kernel for `cmd`, which is Python's own launcher of kernels; any other command starts as always."""
        if sys.platform != "linux" or cmd[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload(list(IMPORTED))
        process = server.Process(target=_become, args=(cmd[3:], kwargs.get("env"), kwargs.get("cwd")), daemon=True)
        process.start()
        self.process = _Started(process)
        self.pid = process.pid
        return self.connection_info


class _Started:
    """A forked process that answers as a `subprocess.Popen` does."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process, self.pid = process, process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _become(arguments: list[str], environment: Mapping[str, str] | None, folder: str | None) -> None:
    """Turn this process into a kernel."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()  # a Ctrl-C in the terminal is for the command, which then stops its kernels
    if environment is not None:
        os.environ.clear()
        os.environ.update(environment)
    if folder is not None:
        os.chdir(folder)
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
