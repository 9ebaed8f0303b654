import type { Relation } from "./relation.ts";
import { countryRelations } from "./relations-countries.ts";
import { cultureRelations } from "./relations-culture.ts";
import { mannersRelations } from "./relations-manners.ts";
import { placeRelations } from "./relations-places.ts";
import { scienceRelations } from "./relations-science.ts";

/** Every relation of the default model's corpus. */
export const RELATIONS: readonly Relation[] = [
  ...countryRelations,
  ...placeRelations,
  ...scienceRelations,
  ...cultureRelations,
  ...mannersRelations,
];
