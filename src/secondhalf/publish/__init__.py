"""Pairs as a data set that other programs train on: its forms, its splits and its card, in a folder or on a hub."""
