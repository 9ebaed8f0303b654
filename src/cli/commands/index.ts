import type { Command } from "../command.ts";
import type { Nouns } from "../program.ts";
import { askCommand } from "./ask.ts";
import { assessCommand } from "./assess.ts";
import { bundleAbsorbCommand } from "./bundle/absorb.ts";
import { bundleMergeCommand } from "./bundle/merge.ts";
import { bundleSquashCommand } from "./bundle/squash.ts";
import { demoCommand } from "./demo.ts";
import { diffCommand } from "./diff.ts";
import { editCommand } from "./edit.ts";
import { evalCommand } from "./eval.ts";
import { exportCommand } from "./export.ts";
import { historyCommand } from "./history.ts";
import { hotfixCommand } from "./hotfix.ts";
import { keysGenerateCommand } from "./keys/generate.ts";
import { listCommand } from "./list.ts";
import { modelCalibrateCommand } from "./model/calibrate.ts";
import { modelInspectCommand } from "./model/inspect.ts";
import { modelPrepareCommand } from "./model/prepare.ts";
import { modelPushCommand } from "./model/push.ts";
import { modelRecallCommand } from "./model/recall.ts";
import { modelStatsCommand } from "./model/stats.ts";
import { modelTextsCommand } from "./model/texts.ts";
import { patchDisableCommand } from "./patch/disable.ts";
import { patchEnableCommand } from "./patch/enable.ts";
import { patchListCommand } from "./patch/list.ts";
import { publishCommand } from "./publish.ts";
import { releaseCommand } from "./release.ts";
import { rollbackCommand } from "./rollback.ts";
import { showCommand } from "./show.ts";
import { startCommand } from "./start.ts";
import { tokenCreateCommand } from "./token/create.ts";
import { tokenListCommand } from "./token/list.ts";
import { tokenRevokeCommand } from "./token/revoke.ts";
import { traceCommand } from "./trace.ts";
import { trainCommand } from "./train.ts";
import { verifyCommand } from "./verify.ts";

/** The nouns, in the order of the help. */
export const NOUNS: Nouns = {
  patch: "list, disable and enable the patches of a live channel",
  bundle: "make bundles out of others",
  model: "prepare, inspect, calibrate, measure and register base models",
  token: "create, list and revoke access tokens",
  keys: "make the keys that sign bundles",
};

/** Every command, in the order of the help. A new one is a file named after it and a line here. */
export const COMMANDS: readonly Command[] = [
  startCommand,
  demoCommand,
  askCommand,
  assessCommand,
  editCommand,
  evalCommand,
  verifyCommand,
  publishCommand,
  releaseCommand,
  rollbackCommand,
  hotfixCommand,
  patchListCommand,
  patchDisableCommand,
  patchEnableCommand,
  bundleAbsorbCommand,
  listCommand,
  showCommand,
  diffCommand,
  historyCommand,
  bundleMergeCommand,
  bundleSquashCommand,
  exportCommand,
  modelPrepareCommand,
  modelInspectCommand,
  modelPushCommand,
  modelCalibrateCommand,
  modelRecallCommand,
  modelStatsCommand,
  modelTextsCommand,
  traceCommand,
  trainCommand,
  tokenCreateCommand,
  tokenListCommand,
  tokenRevokeCommand,
  keysGenerateCommand,
];
