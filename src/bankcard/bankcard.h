// What is publicly known about bank cards, applied to what was read from one: which numbers there
// are, who issues cards of them, until when a card is valid. Pure functions over text, safe from
// any thread; the tables are parsed at the first use. Numbers are personal data.
#pragma once

#include "bankcard/expiry.h"
#include "bankcard/issuer.h"
#include "bankcard/number.h"
