// The contract text, made of facts. Private to origination/.
#pragma once

#include <string>

#include "origination/origination.h"

namespace mq::origination {

struct ContractFacts {
  ContractId contract;
  std::string nonce;  // makes the text's hash say nothing about the person without the text
  Pii<std::string> name, id_number;
  std::string card_masked, use_of_funds, sheet_sha256;
  CostSheet sheet;
};

std::string contract_markdown(const ContractFacts& facts);

}  // namespace mq::origination
