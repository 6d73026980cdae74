#!/bin/bash
# A recipe on the nodes of a Slurm job: sbatch examples/cluster/slurm.sh my.yaml
#
# Ray starts on every node, the recipe runs on the first, and all ends with the job. The folder of the recipe, its store, its runs
# and the environment (.venv, with the extra `ray`) lie on a file system that all nodes share.
# Checked by `bash -n` and with stand-ins for srun and ray (tests/store/cluster/test_examples.py), never on a Slurm cluster.
#SBATCH --job-name=secondhalf
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --time=08:00:00
set -euo pipefail

recipe=${1:?"sbatch $0 RECIPE.yaml"}
export RAY_USAGE_STATS_ENABLED=0
source .venv/bin/activate

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
head=${nodes[0]}
address=$(srun --nodes=1 --ntasks=1 --nodelist="$head" hostname --ip-address | awk '{print $1}')
port=$((10000 + SLURM_JOB_ID % 20000))

on() {
    srun --nodes=1 --ntasks=1 --nodelist="$1" --overlap "${@:2}"
}

on "$head" ray start --head --node-ip-address="$address" --port="$port" --num-cpus="$SLURM_CPUS_PER_TASK" \
    --include-dashboard=false --block &
# A node that starts before the head tries again; one that starts later gets parts too.
for node in "${nodes[@]:1}"; do
    on "$node" ray start --address="$address:$port" --num-cpus="$SLURM_CPUS_PER_TASK" --block &
done

until on "$head" ray status --address="$address:$port" > /dev/null 2>&1; do
    sleep 2
done
on "$head" secondhalf run "$recipe" --engine ray --address "$address:$port"
