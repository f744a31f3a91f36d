// Pixels in, facts out: faces, embeddings, quality, liveness and 1:N search.
//
// No storage, no clock, no network. `Engine` runs in the calling process; `WorkerPool` runs the
// same engine in locked children, and is what the server uses for every picture that came from
// outside. `PdfPool` reads PDFs, each in a locked child of its own.
//
// Coordinates are pixels of the upright picture (EXIF orientation applied), origin at the top left.
// Embeddings are biometric templates: they are personal data, must be sealed at rest and never
// logged.
#pragma once

#include "vision/document/bank_card_reader.h"
#include "vision/document/card_reader.h"
#include "vision/document/hand_held.h"
#include "vision/document/page_reader.h"
#include "vision/errors.h"
#include "vision/face/face.h"
#include "vision/face/occlusion_training.h"
#include "vision/face/profile.h"
#include "vision/face/specimen.h"
#include "vision/index/index.h"
#include "vision/liveness/liveness.h"
#include "vision/match/match.h"
#include "vision/network/register.h"
#include "vision/pdf/pool.h"
#include "vision/worker/environment.h"
#include "vision/worker/pool.h"
