-- A kind of patch may act outside of the model, in no layer. No table refers to these two, so they can be made anew.
CREATE TABLE `__new_bundle_patches` (
	`bundle` text NOT NULL,
	`position` integer NOT NULL,
	`patch` text NOT NULL,
	`kind` text NOT NULL,
	`layer` integer,
	`blob` text NOT NULL,
	`values_blob` text,
	PRIMARY KEY(`bundle`, `position`),
	FOREIGN KEY (`bundle`) REFERENCES `bundles`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`blob`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`values_blob`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_bundle_patches`("bundle", "position", "patch", "kind", "layer", "blob", "values_blob") SELECT "bundle", "position", "patch", "kind", "layer", "blob", "values_blob" FROM `bundle_patches`;--> statement-breakpoint
DROP TABLE `bundle_patches`;--> statement-breakpoint
ALTER TABLE `__new_bundle_patches` RENAME TO `bundle_patches`;--> statement-breakpoint
CREATE INDEX `bundle_patches_blob` ON `bundle_patches` (`blob`);--> statement-breakpoint
CREATE INDEX `bundle_patches_values_blob` ON `bundle_patches` (`values_blob`);--> statement-breakpoint
CREATE TABLE `__new_hotfix_patches` (
	`hotfix` text NOT NULL,
	`position` integer NOT NULL,
	`patch` text NOT NULL,
	`kind` text NOT NULL,
	`layer` integer,
	`blob` text NOT NULL,
	`values_blob` text,
	PRIMARY KEY(`hotfix`, `position`),
	FOREIGN KEY (`hotfix`) REFERENCES `hotfixes`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`blob`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`values_blob`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_hotfix_patches`("hotfix", "position", "patch", "kind", "layer", "blob", "values_blob") SELECT "hotfix", "position", "patch", "kind", "layer", "blob", "values_blob" FROM `hotfix_patches`;--> statement-breakpoint
DROP TABLE `hotfix_patches`;--> statement-breakpoint
ALTER TABLE `__new_hotfix_patches` RENAME TO `hotfix_patches`;--> statement-breakpoint
CREATE INDEX `hotfix_patches_blob` ON `hotfix_patches` (`blob`);--> statement-breakpoint
CREATE INDEX `hotfix_patches_values_blob` ON `hotfix_patches` (`values_blob`);
