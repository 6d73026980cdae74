#!/usr/bin/env bash
# The Containerfile built and tried without a container engine's daemon or a registry: root, Debian's buildah and debootstrap.
#
#   tools/container.sh FOLDER [more of buildah's options, such as --volume or --build-arg]
#
# FOLDER takes the base (Debian's own Python in place of docker.io's) and the work of the container. As its ordinary user, without
# a network, it then says its version, examines the quickstart and runs it on a few documents.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath --canonicalize-missing "$1")
shift
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
if [ ! -d "$folder/base/usr" ]; then
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates,passwd bookworm "$folder/base" > /dev/null
    ln --symbolic python3 "$folder/base/usr/bin/python"
    # What pip is told on this machine, it is told there.
    cp --recursive /etc/ssl/certs /etc/xdg /etc/pip.conf "$folder/base/etc/" 2> /dev/null || true
fi
base=$(buildah from scratch)
buildah add --quiet "$base" "$folder/base" /
env | grep '^PIP_' | while IFS= read -r one; do buildah config --env "$one" "$base"; done
buildah commit --quiet "$base" localhost/secondhalf-base > /dev/null
buildah rm "$base" > /dev/null
buildah bud --quiet --network host --build-arg BASE=localhost/secondhalf-base --build-arg MODELS=yes "$@" --tag secondhalf --file Containerfile .
work=$folder/work
mkdir -p "$work"
chown 10001:10001 "$work"
made=$(buildah from localhost/secondhalf)
few="--set corpus.sample=36 --set teach.sampling.max_tokens=32 --set audit.keep_unfinished=true --set evaluate.limit=2 --set evaluate.max_tokens=8
  --set evaluate.minimal_pairs=4 --set probes.pairs=2 --set probes.max_tokens=8 --set probes.documents=2 --set probes.replies=2
  --set train.held_out=0.1 --set train.min_pairs=2"
for command in "--version" "init --recipe quickstart" "doctor quickstart.yaml" "run quickstart.yaml $few"; do
    # shellcheck disable=SC2086
    unshare --net sh -c 'ip link set lo up && exec buildah run --volume "$0:/work" "$@"' "$work" "$made" -- secondhalf $command
done
buildah rm "$made" > /dev/null
ls -l "$work/runs/quickstart/report/index.html"
