/** Where trained models go unless told otherwise, from the project's root: not into `models/`, where the shipped one is. */
export const TRAINED_DIRECTORY = ".errata/trained";

/** How a run is asked for. */
export interface TrainingOptions {
  /** A file of settings; those of the default model where it is left out. */
  readonly config?: string | undefined;
  /** In place of the settings' epochs. */
  readonly epochs?: number | undefined;
  readonly out?: string | undefined;
  readonly resume: boolean;
  readonly restart: boolean;
  /** Whether settings are only to be compared, which leaves a checkpoint alone. */
  readonly sweep: boolean;
}
