"""The core: samples in, repetitions and sets out. No I/O, no clock, no async; numpy and vqf only."""
