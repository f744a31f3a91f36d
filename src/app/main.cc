// mianqian: the one server and its commands. The first argument names the capability.
#include <signal.h>

#include <CLI/CLI.hpp>

#include "app/audit_commands.h"
#include "app/bankcard_commands.h"
#include "app/bench_commands.h"
#include "app/demo.h"
#include "app/eval_commands.h"
#include "app/face_commands.h"
#include "app/idcard_commands.h"
#include "app/idcard_held_command.h"
#include "app/loan_commands.h"
#include "app/pdf_commands.h"
#include "app/serve_command.h"
#include "app/statement_commands.h"
#include "app/user_commands.h"

int main(int argc, char** argv) {
  CLI::App app{"Mianqian 面签: mobile lending with face-verified identity"};
  app.set_version_flag("--version", MQ_VERSION);
  app.require_subcommand(1);
  ::signal(SIGPIPE, SIG_IGN);
  int exit_code = 0;
  mq::app::add_serve_command(app, exit_code);
  mq::app::add_demo_command(app, exit_code);
  mq::app::add_user_commands(app, exit_code);
  mq::app::add_face_commands(app, exit_code);
  mq::app::add_train_occlusion_command(app, exit_code);
  mq::app::add_eval_face_command(app, exit_code);
  mq::app::add_eval_quality_command(app, exit_code);
  mq::app::add_eval_liveness_command(app, exit_code);
  mq::app::add_eval_idcard_command(app, exit_code);
  mq::app::add_idcard_commands(app, exit_code);
  mq::app::add_eval_bankcard_command(app, exit_code);
  mq::app::add_bankcard_commands(app, exit_code);
  mq::app::add_idcard_held_command(app, exit_code);
  mq::app::add_eval_statement_command(app, exit_code);
  mq::app::add_loan_commands(app, exit_code);
  mq::app::add_audit_commands(app, exit_code);
  mq::app::add_pdf_commands(app, exit_code);
  mq::app::add_statement_commands(app, exit_code);
  mq::app::add_bench_face_command(app, exit_code);
  mq::app::add_bench_search_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}
