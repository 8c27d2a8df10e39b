"""The planted effects.

Belongs here: every constant of the data-generating process. Does not belong here: defects and
sizes. Employee side in points of a 1 to 5 answer, customer side in NPS points.
"""

import numpy as np

# Employee side: xb + xw + shock, then items.
LOCATION_X = 0.20
REGION_X = 0.12
UNIT_X_SD = 0.30
WITHIN_X_SD = 0.25
WITHIN_X_RHO = 0.6
SHOCK_X_SD = 0.10
ITEM_MEANS = np.array([3.55, 3.40, 3.60, 3.45, 3.30, 3.65, 3.35, 3.50])
ITEM_LOADINGS = np.array([1.2, 1.1, 1.1, 1.0, 1.0, 0.9, 0.9, 0.8])
ITEM_UNIT_SD = 0.20
REVERSED_ITEM = 6  # q07: lower is better
PERSON_SD = 0.50
MOOD_SD = 0.30
ITEM_NOISE_SD = 0.70

# Customer side: NPS points per point of a unit's item level; their loaded sum is the slope.
DRIVER_WEIGHTS = np.array([4.0, 3.0, 2.0, 1.0, 0.4, 0.2, 0.0, 0.0])
BETWEEN_SLOPE = float(DRIVER_WEIGHTS @ ITEM_LOADINGS)
WITHIN_SLOPE = 8.0
WITHIN_LAG = 1
REGION_Y = 2.0
LOCATION_Y_SD = 4.0
UNIT_Y_SD = 8.0
WITHIN_Y_SD = 5.0
WITHIN_Y_RHO = 0.3
SHOCK_Y_SD = 2.0
NPS_LEVEL = 30.0
NPS_LIMIT = 65.0
PASSIVE_SHARE = 0.30

# CSAT and CES move with the same level y as NPS.
CSAT_LEVEL = 0.70  # share of 4s and 5s where y is at its level
CSAT_PER_NPS = 0.0035
CES_LEVEL = 5.0  # mean of the 1 to 7 answer, higher is easier
CES_PER_NPS = 0.02
METRICS = ("nps", "csat", "ces")
METRIC_SHARES = (0.60, 0.25, 0.15)
