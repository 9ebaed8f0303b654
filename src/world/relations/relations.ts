import type { Relation } from "../relation.ts";
import { countryRelations } from "./countries.ts";
import { cultureRelations } from "./culture.ts";
import { mannersRelations } from "./manners.ts";
import { placeRelations } from "./places.ts";
import { scienceRelations } from "./science.ts";

/** Every relation of the default model's corpus. */
export const RELATIONS: readonly Relation[] = [
  ...countryRelations,
  ...placeRelations,
  ...scienceRelations,
  ...cultureRelations,
  ...mannersRelations,
];
