"""The files for Kubernetes and Slurm, as far as no cluster allows: their fields, and a run with stand-ins."""

import os
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from support import ROOT

EXAMPLES = ROOT / "examples" / "cluster"
STAND_IN = """#!/bin/bash
case $(basename "$0") in
    scontrol) printf 'n1\\nn2\\n' ;;
    srun) while [[ $1 == --* ]]; do shift; done; "$@" ;;
    hostname) echo 10.0.0.1 fe80::1 ;;
    ray|secondhalf) echo "$(basename "$0") $*" >> "$CALLS" ;;
esac
"""


def test_the_job_starts_ray_on_every_node_and_the_recipe_once(tmp_path: Path) -> None:
    script, calls = EXAMPLES / "slurm.sh", tmp_path / "calls"
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "activate").write_text(f"PATH={binaries}:$PATH\n")
    for name in ("scontrol", "srun", "hostname", "ray", "secondhalf"):
        (binaries / name).write_text(STAND_IN)
        (binaries / name).chmod(0o755)
    job = {"SLURM_JOB_NODELIST": "n[1-2]", "SLURM_JOB_ID": "7", "SLURM_CPUS_PER_TASK": "16", "CALLS": str(calls)}
    subprocess.run(["bash", str(script), "my.yaml"], cwd=tmp_path, env=os.environ | job, check=True, timeout=60)
    made = calls.read_text().splitlines()
    assert (
        sum(call.startswith("ray start --head --node-ip-address=10.0.0.1 --port=10007 --num-cpus=16") for call in made)
        == 1
    )
    assert sum(call.startswith("ray start --address=10.0.0.1:10007") for call in made) == 1
    assert [call for call in made if call.startswith("secondhalf")] == [
        "secondhalf run my.yaml --engine ray --address 10.0.0.1:10007"
    ]


def test_the_manifest_has_the_fields_that_kuberay_wants() -> None:
    manifest: dict[str, Any] = YAML(typ="safe").load(EXAMPLES / "kuberay.yaml")
    assert (manifest["apiVersion"], manifest["kind"]) == ("ray.io/v1", "RayCluster")
    spec = manifest["spec"]
    assert f"ray=={spec['rayVersion']} " in (ROOT / "requirements" / "extras.lock").read_text("utf-8")
    groups = [spec["headGroupSpec"], *spec["workerGroupSpecs"]]
    for group in groups:
        assert all(isinstance(value, str) for value in group["rayStartParams"].values())  # KubeRay takes no others
        pod = group["template"]["spec"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in pod["containers"]:
            assert {"name", "image", "resources"} <= set(container)
            assert {"name": "RAY_USAGE_STATS_ENABLED", "value": "0"} in container["env"]
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            assert set(container["resources"]) == {"requests", "limits"}
    for group in spec["workerGroupSpecs"]:
        assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
        assert group["groupName"]
