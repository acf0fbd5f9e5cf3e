"""The blocks of a sweep on a Dask cluster: the same blocks, the same bytes, and workers may be lost on the way."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from typing import Any

from sim.problems import single
from sim.results import ResultsError
from sim.sweeps.blocks import compute
from sim.sweeps.folder import versions
from sim.sweeps.processes import DIED, Files, WorkerDiedError, persistently

SECONDS_TO_CONNECT = 20
_BLOCKS_A_THREAD = 2


def held(text: str) -> str:
    """Return the design as it is: a task, so that it is there again for a worker that came after others were lost."""
    return text


def remote(text: str, mark: str, first: int, last: int, failed: Mapping[int, str], wanted: Mapping[str, str]) -> Any:
    """Compute a block on a worker; the versions that differ there from those wanted, if any do."""
    here = versions()
    differing = {name: here.get(name, "absent") for name, version in wanted.items() if here.get(name) != version}
    return differing or compute(text, mark, first, last, failed)


class Cluster:
    """The workers of a Dask cluster that compute the blocks of one design."""

    def __init__(self, text: str, mark: str, wanted: Mapping[str, str], address: str) -> None:
        self._text, self._mark, self._wanted, self._address = text, mark, wanted, address

    def run(self, blocks: Sequence[tuple[int, range]]) -> Generator[tuple[int, Files], None, None]:
        """Go through the files of blocks as they are done; no more are under way than the workers need.

        Raises:
            ScenarioError: there is no cluster at the address, or Dask is not installed.
            ResultsError: the workers have other versions, or cannot compute a block.
        """
        with self._client() as client:
            try:
                text = client.submit(held, self._text, pure=False)
                yield from _Blocks(client, text, self._mark, self._wanted).run(blocks)
            except (OSError, CancelledError, TimeoutError) as error:
                said = " ".join(str(error).split()) or type(error).__name__
                raise ResultsError(f"the cluster at {self._address} was lost ({said}); what is done is kept") from None

    @contextlib.contextmanager
    def _client(self) -> Iterator[Any]:
        try:
            from distributed import Client  # noqa: PLC0415
        except ImportError:
            allowed = "pip install 'vital-coalitions[cluster]'"
            raise single("sweep", "a cluster needs Dask", path="cluster", allowed=allowed) from None
        try:
            client = Client(self._address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            said = " ".join(str(error).split()) or type(error).__name__
            allowed = "the address of a Dask scheduler, as in tcp://127.0.0.1:8786"
            message = f"there is no cluster ({said})"
            raise single("sweep", message, path="cluster", value=self._address, allowed=allowed) from None
        try:
            yield client
        finally:
            client.close()


class _Blocks:
    """Blocks under way on a cluster."""

    def __init__(self, client: Any, text: Any, mark: str, wanted: Mapping[str, str]) -> None:
        self._client, self._text, self._mark, self._wanted = client, text, mark, wanted

    def run(self, blocks: Sequence[tuple[int, range]]) -> Generator[tuple[int, Files], None, None]:
        """Go through the files of blocks as they are done."""
        from distributed import as_completed  # noqa: PLC0415

        coming = iter(blocks)
        under_way: dict[str, tuple[int, range]] = {}
        done = as_completed(loop=self._client.loop)

        def submit() -> None:
            for number, runs in coming:
                future = self._submit(runs, {})
                under_way[future.key] = number, runs
                done.add(future)
                return

        for _ in range(max(1, _BLOCKS_A_THREAD * sum(self._client.nthreads().values()))):
            submit()
        for future in done:
            number, runs = under_way.pop(future.key)
            try:
                files = self._result(future)
            except WorkerDiedError:
                files = persistently(self._ask, runs)
            future.release()
            yield number, files
            submit()

    def _submit(self, runs: range, failed: Mapping[int, str]) -> Any:
        return self._client.submit(
            remote, self._text, self._mark, runs.start, runs.stop, dict(failed), dict(self._wanted), pure=False
        )

    def _ask(self, runs: range, failed: Mapping[int, str]) -> Files:
        return self._result(self._submit(runs, failed))

    def _result(self, future: Any) -> Files:
        """Return the files of a block.

        Raises:
            WorkerDiedError: worker after worker was lost over it, or an error came back.
            ResultsError: the worker has other versions.
        """
        from distributed import KilledWorker  # noqa: PLC0415

        try:
            made: dict[str, Any] = future.result()
        except KilledWorker:
            raise WorkerDiedError(DIED) from None
        except MemoryError as error:
            raise WorkerDiedError(f"{DIED} ({type(error).__name__})") from None
        if any(isinstance(each, str) for each in made.values()):
            told = "; ".join(f"{name} is {there} and not {self._wanted[name]}" for name, there in sorted(made.items()))
            raise ResultsError(f"a worker of the cluster has other versions: {told}")
        return made
