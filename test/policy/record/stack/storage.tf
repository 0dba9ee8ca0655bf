resource "aws_s3_bucket" "shared" {
  bucket        = "shared-records"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "shared" {
  bucket = aws_s3_bucket.shared.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Check", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:GetBucketAcl", Resource = aws_s3_bucket.shared.arn },
      { Sid = "Logs", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.shared.arn}/*" },
      { Sid = "Write", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.shared.arn}/*" },
    ]
  })
}

resource "aws_s3_bucket" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket.sound", []))

  bucket        = "sound-${each.key}"
  force_destroy = true
  tags          = { Owner = "storage" }
}

locals {
  under_buckets = ["acl", "cors_configuration", "lifecycle_configuration", "logging", "notification", "object_lock_configuration", "ownership_controls", "policy", "public_access_block", "server_side_encryption_configuration", "versioning", "website_configuration"]
  buckets = toset(flatten([
    for kind in local.under_buckets : [
      for variant in ["sound", "loose"] : [
        for name in lookup(var.cases, "aws_s3_bucket_${kind}.${variant}", []) : replace("${kind}-${name}", "_", "-")
      ]
    ]
  ]))
}

resource "aws_s3_bucket" "of" {
  for_each = local.buckets

  bucket              = each.key
  force_destroy       = true
  object_lock_enabled = startswith(each.key, "object-lock")
}

resource "aws_s3_bucket_public_access_block" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_public_access_block.sound", []))

  bucket                  = aws_s3_bucket.of["public-access-block-${each.key}"].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_public_access_block" "loose" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_public_access_block.loose", []))

  bucket                  = aws_s3_bucket.of["public-access-block-${each.key}"].id
  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
}

resource "aws_s3_bucket_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_policy.sound", []))

  bucket = aws_s3_bucket.of["policy-${each.key}"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = "arn:aws:s3:::policy-${each.key}/*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "Ours"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::123456789012:root" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::policy-${each.key}/*"
      },
    ]
  })
}

resource "aws_s3_bucket_policy" "loose" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_policy.loose", []))

  bucket = aws_s3_bucket.of["policy-${each.key}"].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Open", Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::policy-${each.key}/*" }]
  })
}

resource "aws_s3_bucket_ownership_controls" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_ownership_controls.sound", []))

  bucket = aws_s3_bucket.of["ownership-controls-${each.key}"].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_ownership_controls" "loose" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_ownership_controls.loose", []))

  bucket = aws_s3_bucket.of["ownership-controls-${each.key}"].id

  rule {
    object_ownership = "ObjectWriter"
  }
}

resource "aws_s3_bucket_ownership_controls" "of_acl" {
  for_each = toset(concat(lookup(var.cases, "aws_s3_bucket_acl.sound", []), lookup(var.cases, "aws_s3_bucket_acl.loose", [])))

  bucket = aws_s3_bucket.of["acl-${each.key}"].id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "sound" {
  for_each   = toset(lookup(var.cases, "aws_s3_bucket_acl.sound", []))
  depends_on = [aws_s3_bucket_ownership_controls.of_acl]

  bucket = aws_s3_bucket.of["acl-${each.key}"].id
  acl    = "private"
}

resource "aws_s3_bucket_acl" "loose" {
  for_each   = toset(lookup(var.cases, "aws_s3_bucket_acl.loose", []))
  depends_on = [aws_s3_bucket_ownership_controls.of_acl]

  bucket = aws_s3_bucket.of["acl-${each.key}"].id
  acl    = "public-read"
}

resource "aws_s3_bucket_versioning" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_versioning.sound", []))

  bucket = aws_s3_bucket.of["versioning-${each.key}"].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_versioning" "loose" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_versioning.loose", []))

  bucket = aws_s3_bucket.of["versioning-${each.key}"].id

  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_server_side_encryption_configuration.sound", []))

  bucket = aws_s3_bucket.of["server-side-encryption-configuration-${each.key}"].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.shared.arn
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "loose" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_server_side_encryption_configuration.loose", []))

  bucket = aws_s3_bucket.of["server-side-encryption-configuration-${each.key}"].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_logging" "sound" {
  for_each   = toset(lookup(var.cases, "aws_s3_bucket_logging.sound", []))
  depends_on = [aws_s3_bucket_policy.shared, aws_s3_bucket_policy.strange]

  bucket        = aws_s3_bucket.of["logging-${each.key}"].id
  target_bucket = aws_s3_bucket.shared.id
  target_prefix = "access/"
}

resource "aws_s3_bucket_lifecycle_configuration" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_lifecycle_configuration.sound", []))

  bucket = aws_s3_bucket.of["lifecycle-configuration-${each.key}"].id

  rule {
    id     = "old"
    status = "Enabled"

    filter {
      prefix = "old/"
    }

    expiration {
      days = 365
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_cors_configuration.sound", []))

  bucket = aws_s3_bucket.of["cors-configuration-${each.key}"].id

  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://ferry.example"]
    max_age_seconds = 300
  }
}

resource "aws_s3_bucket_website_configuration" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_website_configuration.sound", []))

  bucket = aws_s3_bucket.of["website-configuration-${each.key}"].id

  index_document {
    suffix = "index.html"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "sound" {
  for_each = toset(lookup(var.cases, "aws_s3_bucket_object_lock_configuration.sound", []))

  bucket = aws_s3_bucket.of["object-lock-configuration-${each.key}"].id

  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = 90
    }
  }
}

resource "aws_efs_file_system" "sound" {
  for_each = toset(lookup(var.cases, "aws_efs_file_system.sound", []))

  creation_token = "sound-${each.key}"
  encrypted      = true
  tags           = { Owner = "storage" }
}

resource "aws_efs_file_system" "of" {
  for_each = toset(lookup(var.cases, "aws_efs_file_system_policy.sound", []))

  creation_token = "of-${each.key}"
}

resource "aws_efs_file_system_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_efs_file_system_policy.sound", []))

  file_system_id = aws_efs_file_system.of[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Ours", Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = "elasticfilesystem:ClientMount" }]
  })
}
