"""Kills, full disks and outages: the real product as processes, and a provider that never gives up."""
