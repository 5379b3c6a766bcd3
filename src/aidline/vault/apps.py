from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "aidline.vault"
    label = "vault"
