"""A simulated leg and sensor, for demos and tests. The truth is exact; the core never imports this.

scenario, Plan → simulate → Simulated (leg, truth) → sense → SensorStream (arrays, Info, notifications)
"""

from .faults import FAULT_KINDS, Fault, FaultKind
from .files import truth_json, write_csv
from .leg import EXERCISES, ExerciseId
from .plans import (
    EXERCISE_IDS,
    SCENARIOS,
    TURNING_IDS,
    Activity,
    Plan,
    Scenario,
    SetPlan,
    demo_plan,
    scenario,
    session_plan,
)
from .repetitions import Angles, Curve, Window, kinematic
from .sensor import SensorModel, SensorStream, sense
from .session import Simulated, simulate
from .wire import Link

__all__ = [
    "EXERCISES",
    "EXERCISE_IDS",
    "FAULT_KINDS",
    "SCENARIOS",
    "TURNING_IDS",
    "Activity",
    "Angles",
    "Curve",
    "ExerciseId",
    "Fault",
    "FaultKind",
    "Link",
    "Plan",
    "Scenario",
    "SensorModel",
    "SensorStream",
    "SetPlan",
    "Simulated",
    "Window",
    "demo_plan",
    "kinematic",
    "scenario",
    "sense",
    "session_plan",
    "simulate",
    "truth_json",
    "write_csv",
]
