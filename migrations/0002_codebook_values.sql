ALTER TABLE `bundle_patches` ADD `values_blob` text REFERENCES blobs(digest);--> statement-breakpoint
CREATE INDEX `bundle_patches_values_blob` ON `bundle_patches` (`values_blob`);