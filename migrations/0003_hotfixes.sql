CREATE TABLE `hotfix_patches` (
	`hotfix` text NOT NULL,
	`position` integer NOT NULL,
	`patch` text NOT NULL,
	`kind` text NOT NULL,
	`layer` integer NOT NULL,
	`blob` text NOT NULL,
	`values_blob` text,
	PRIMARY KEY(`hotfix`, `position`),
	FOREIGN KEY (`hotfix`) REFERENCES `hotfixes`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`blob`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`values_blob`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `hotfix_patches_blob` ON `hotfix_patches` (`blob`);--> statement-breakpoint
CREATE INDEX `hotfix_patches_values_blob` ON `hotfix_patches` (`values_blob`);--> statement-breakpoint
CREATE TABLE `hotfixes` (
	`id` text PRIMARY KEY NOT NULL,
	`model` text NOT NULL,
	`signatures` text NOT NULL,
	`created_at` text NOT NULL,
	`created_by` text NOT NULL,
	FOREIGN KEY (`id`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model`) REFERENCES `models`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `audit` ADD `from_hotfixes` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `audit` ADD `from_disabled` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `audit` ADD `to_hotfixes` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `audit` ADD `to_disabled` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `audit` ADD `summary` text;--> statement-breakpoint
ALTER TABLE `channels` ADD `hotfixes` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `channels` ADD `disabled` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `channels` ADD `patch_set` text DEFAULT 'none' NOT NULL;--> statement-breakpoint
-- A channel from before there were hotfixes serves a bundle and nothing else, which the bundle's id names.
UPDATE `channels` SET `patch_set` = `bundle` WHERE `bundle` IS NOT NULL;
