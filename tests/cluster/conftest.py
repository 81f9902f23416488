"""A real Ray cluster of two nodes on one machine, each with a state folder and settings of its own."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

SOURCE = Path(__file__).parents[2]
NOT_MADE = "Ray is not installed (make cluster installs it)"


class Nodes:
    """A head node without room for workers, where batches are begun, and nodes that work."""

    def __init__(self, cluster, home):
        self._cluster, self._home, self.nodes = cluster, home, []

    @property
    def address(self):
        return self._cluster.address

    def state(self, number):
        return self._home / f"node-{number}"

    def add(self, cores=2, **environment):
        state = self.state(len(self.nodes))
        known = {"PRIVATEEDIT_STATE_DIR": str(state), "HOME": str(self._home), **environment}
        self.nodes.append(self._cluster.add_node(num_cpus=cores, env_vars={**known_paths(), **known}))

    def kill(self, number):
        """As when the power goes: everything on the node at once, without a word."""
        self._cluster.remove_node(self.nodes[number], allow_graceful=False)


def known_paths():
    places = [str(SOURCE / "src"), str(SOURCE)]
    return {"PYTHONPATH": os.pathsep.join(places), "OPENBLAS_NUM_THREADS": "1"}


@pytest.fixture
def nodes(tmp_path, monkeypatch):
    ray = pytest.importorskip("ray", reason=NOT_MADE)
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_health_check_period_ms", "500")
    monkeypatch.setenv("RAY_health_check_timeout_ms", "1000")
    monkeypatch.setenv("RAY_health_check_failure_threshold", "2")
    monkeypatch.setenv("RAY_DEDUP_LOGS", "0")
    for name, value in known_paths().items():
        monkeypatch.setenv(name, value)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        yield Nodes(cluster, tmp_path)
    finally:
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    face = cv2.resize(skimage.data.astronaut(), (192, 192), interpolation=cv2.INTER_AREA)
    for number in range(6):
        shade = (face * (0.80 + 0.04 * number)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), shade[..., ::-1])
    return folder
