from secondhalf.cli import start

start()
