from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "aidline.simulator"
    label = "simulator"
