// Umbrella of crypto/: hashes, sealing, the key ring, signatures, Merkle trees, passwords, one-time
// codes, signed notes.
#pragma once

#include "crypto/ed25519.h"
#include "crypto/errors.h"
#include "crypto/hash.h"
#include "crypto/key_ring.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/password.h"
#include "crypto/seal.h"
#include "crypto/totp.h"
