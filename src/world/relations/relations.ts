import { countryRelations } from "./country-relations.ts";
import { cultureRelations } from "./culture-relations.ts";
import { mannersRelations } from "./manners-relations.ts";
import { placeRelations } from "./place-relations.ts";
import type { Relation } from "./relation.ts";
import { scienceRelations } from "./science-relations.ts";

/** Every relation of the default model's corpus. */
export const RELATIONS: readonly Relation[] = [
  ...countryRelations,
  ...placeRelations,
  ...scienceRelations,
  ...cultureRelations,
  ...mannersRelations,
];
