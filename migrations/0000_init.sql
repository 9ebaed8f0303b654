CREATE TABLE `audit` (
	`model` text NOT NULL,
	`channel` text NOT NULL,
	`sequence` integer NOT NULL,
	`action` text NOT NULL,
	`from_bundle` text,
	`from_version` integer,
	`to_bundle` text,
	`to_version` integer,
	`message` text NOT NULL,
	`actor` text NOT NULL,
	`at` text NOT NULL,
	`previous_hash` text,
	`hash` text NOT NULL,
	FOREIGN KEY (`model`,`channel`) REFERENCES `channels`(`model`,`channel`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_model_channel_sequence` ON `audit` (`model`,`channel`,`sequence`);--> statement-breakpoint
CREATE TABLE `blobs` (
	`digest` text PRIMARY KEY NOT NULL,
	`bytes` integer NOT NULL,
	`data` text
);
--> statement-breakpoint
CREATE TABLE `bundle_patches` (
	`bundle` text NOT NULL,
	`position` integer NOT NULL,
	`patch` text NOT NULL,
	`kind` text NOT NULL,
	`layer` integer NOT NULL,
	`blob` text NOT NULL,
	PRIMARY KEY(`bundle`, `position`),
	FOREIGN KEY (`bundle`) REFERENCES `bundles`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`blob`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `bundle_patches_blob` ON `bundle_patches` (`blob`);--> statement-breakpoint
CREATE TABLE `bundles` (
	`id` text PRIMARY KEY NOT NULL,
	`model` text NOT NULL,
	`version` integer NOT NULL,
	`method` text NOT NULL,
	`edits` integer NOT NULL,
	`patches` integer NOT NULL,
	`bytes` integer NOT NULL,
	`parent` text,
	`signatures` text NOT NULL,
	`report` text,
	`published_at` text NOT NULL,
	`published_by` text NOT NULL,
	FOREIGN KEY (`id`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`model`) REFERENCES `models`(`name`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`report`) REFERENCES `blobs`(`digest`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `bundles_model_version` ON `bundles` (`model`,`version`);--> statement-breakpoint
CREATE TABLE `channels` (
	`model` text NOT NULL,
	`channel` text NOT NULL,
	`bundle` text,
	`version` integer,
	`sequence` integer NOT NULL,
	`audit_hash` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`model`, `channel`),
	FOREIGN KEY (`model`) REFERENCES `models`(`name`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`bundle`) REFERENCES `bundles`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `models` (
	`name` text PRIMARY KEY NOT NULL,
	`digest` text NOT NULL,
	`description` text NOT NULL,
	`registered_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` text NOT NULL,
	`revoked_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_hash` ON `tokens` (`hash`);