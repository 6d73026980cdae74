"""What is installed and what a recipe would take, before it is run."""

from secondhalf.commands.doctor.examine import examine as examine
