"""The record of every change: written by database triggers, sealed by a background job, verified by anybody with the key."""
