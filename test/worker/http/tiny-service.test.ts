import { describeService } from "./service-suite.ts";

describeService("generated/tiny", true);
