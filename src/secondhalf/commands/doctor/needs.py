"""Memory, disk, hours and money of a whole run."""

import shutil
from pathlib import Path

import psutil

from secondhalf.commands.doctor.finding import Finding
from secondhalf.commands.doctor.models import here_together
from secondhalf.commands.doctor.training import Training
from secondhalf.recipe import Recipe
from secondhalf.teach.forecast import Estimate, local_bytes
from secondhalf.train.resources.device import Device


def needs(
    recipe: Recipe, store: Path, estimates: list[Estimate], training: list[Training], device: Device
) -> list[Finding]:
    """What teaching and training would take together, against what is there. Training: train/resources/estimate.py."""
    teach_hours = sum(row.hours or 0.0 for row in estimates)
    calls = sum(row.dollars or 0.0 for row in estimates) - teach_hours * recipe.report.hour_in_dollars
    mine = [row for row in training if row.method == recipe.arms[row.arm].train.method]
    train_hours = sum(row.hours for row in mine)
    teacher = max(
        (sum(2.0 * local_bytes(model) for model in together) for together in here_together(recipe)), default=0.0
    )
    trainer = max((_bytes(row, recipe) for row in mine), default=0.0)
    free = psutil.virtual_memory().available
    fits = teacher < free and trainer <= device.memory
    place = next(each for each in (store.resolve(), *store.resolve().parents) if each.is_dir())
    disk = shutil.disk_usage(place).free
    report = recipe.report
    money = "unknown: set report.hourly_price to what an hour of this machine costs"
    if report.hourly_price is not None:
        hours = (teach_hours + train_hours) * report.hourly_price
        money = f"about {hours:.2f} {report.currency} at {report.hourly_price} an hour"
    if calls > 0:
        money = f"about {calls:.2f} US dollars for model calls; machine: {money}"
    memory = f"{teacher / 1e9:.1f} GB to teach, {trainer / 1e9:.1f} GB to train on {device.name}"
    return [
        Finding("memory", f"{memory}, {device.memory / 1e9:.1f} GB free there", fits),
        Finding("disk", f"{disk / 1e9:.1f} GB free in {store}", disk > 2e9),
        Finding(
            "hours", f"about {teach_hours:.1f} to teach, {train_hours:.1f} to train on {device.name} (rough)", True
        ),
        Finding("money", money, True),
    ]


def _bytes(row: Training, recipe: Recipe) -> float:
    """What the training that the recipe asks for takes at least, as `check_memory` counts it before the training starts."""
    checkpointing = recipe.arms[row.arm].train.gradient_checkpointing
    return row.memory if checkpointing == "off" else row.least
