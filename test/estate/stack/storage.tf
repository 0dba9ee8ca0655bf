module "bucket" {
  source   = "./modules/bucket"
  for_each = { tickets = true, manifests = true, exports = false, scratch = false, spare = false }

  name      = "${local.name}-${each.key}"
  versioned = each.value
}

resource "aws_s3_bucket" "logs" {
  bucket        = "${local.name}-logs"
  force_destroy = true

  tags = {
    Owner     = "platform"
    Retention = "90 days"
  }
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "logs" {
  depends_on = [aws_s3_bucket_ownership_controls.logs]

  bucket = aws_s3_bucket.logs.id
  acl    = "log-delivery-write"
}

resource "aws_s3_bucket_logging" "tickets" {
  depends_on = [aws_s3_bucket_acl.logs]

  bucket        = module.bucket["tickets"].id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "access/tickets/"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "tickets" {
  bucket = module.bucket["tickets"].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_policy" "tickets" {
  bucket = module.bucket["tickets"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [module.bucket["tickets"].arn, "${module.bucket["tickets"].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_bucket_policy" "manifests" {
  bucket = module.bucket["manifests"].id
  policy = data.aws_iam_policy_document.manifests.json
}

data "aws_iam_policy_document" "manifests" {
  statement {
    sid       = "CustomsReads"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [module.bucket["manifests"].arn, "${module.bucket["manifests"].arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["210987654321"]
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "tickets" {
  bucket = module.bucket["tickets"].id

  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://ferry.example"]
    max_age_seconds = 300
  }
}

resource "aws_s3_bucket_website_configuration" "exports" {
  bucket = module.bucket["exports"].id

  index_document {
    suffix = "index.html"
  }
}

resource "aws_s3_object" "timetable" {
  for_each = var.harbours

  bucket  = module.bucket["exports"].id
  key     = "timetable/${each.key}.json"
  content = jsonencode({ harbour = title(each.key), sailings = each.value.sailings })

  content_type = "application/json"
}
