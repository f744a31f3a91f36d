// Is there a living person: passive_liveness() on a still, judge_sequence() on the answer to a challenge.
//
// The judgement of a sequence refuses pictures, however held, moved or bent. It does not by itself refuse
// a face animated by software as a head in space, nor masks; docs/accuracy.md states measured pass rates.
#pragma once

#include "vision/liveness/challenge.h"
#include "vision/liveness/facts.h"
#include "vision/liveness/judge.h"
#include "vision/face/passive.h"
#include "vision/liveness/sequence.h"
#include "vision/liveness/synthesis.h"
#include "vision/liveness/trial.h"
