#!/usr/bin/env bash
# Trains on several nodes of a Slurm cluster, one worker a node:
#
#   DATA=/shared/nih RUN=/shared/runs/one sbatch .github/recipes/slurm.sh --network resnet56v2
#
# What follows the file's name goes to `deno task train`. Run it from the project's folder, which all nodes see, after
# `deno task setup`. RUN is seen by the first node at least. Where a worker fails, Slurm ends all; submitted again, or
# started again by Slurm where a node failed, they go on after the last complete epoch.
#SBATCH --job-name=thorax
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --time=24:00:00
#SBATCH --requeue
set -euo pipefail
: "${DATA:?where the images are}" "${RUN:?where the run is to be written}"

# A port that other jobs on the nodes do not have.
port=$((20000 + SLURM_JOB_ID % 10000))
workers=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed "s/$/:$port/" | paste -sd , -)
if [ -e "$RUN/history.csv" ]; then set -- "$@" --resume; elif [ -e "$RUN" ]; then set -- "$@" --overwrite; fi

export TENSORFLOW_THREADS=${TENSORFLOW_THREADS:-${SLURM_CPUS_PER_TASK:-1}}
# shellcheck disable=SC2016 # SLURM_PROCID is each task's own.
srun --kill-on-bad-exit=1 bash -c 'exec deno task train --worker "$SLURM_PROCID" "$@"' worker \
  --workers "$workers" --data "$DATA" --run "$RUN" "$@"
