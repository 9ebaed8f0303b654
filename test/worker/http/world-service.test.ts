import { env } from "cloudflare:workers";
import { describeService } from "./service-suite.ts";

const there = (await env.FILES.fetch("http://files/models/world/model.json")).ok;
if (!there)
  console.log("skipped: models/world/model.json is not there; train the model first (errata train)");

describeService("models/world", there);
