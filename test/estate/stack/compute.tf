resource "aws_s3_object" "confirm_code" {
  bucket = module.bucket["exports"].id
  key    = "code/confirm.zip"

  # A zip with one file, index.js.
  content_base64 = "UEsDBBQAAAAAAAAAIVoxkJ0THgAAAB4AAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXI9YXN5bmMoKT0+KHt9KQpQSwECFAMUAAAAAAAAACFaMZCdEx4AAAAeAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZXguanNQSwUGAAAAAAEAAQA2AAAARAAAAAAA"
}

resource "aws_lambda_function" "confirm" {
  function_name = "${local.name}-confirm"
  role          = aws_iam_role.service["booking"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  timeout       = 10
  memory_size   = 256
  s3_bucket     = aws_s3_object.confirm_code.bucket
  s3_key        = aws_s3_object.confirm_code.key

  environment {
    variables = {
      STAGE    = var.stage
      PASSWORD = var.database_password
    }
  }
}

resource "aws_lambda_function" "office" {
  for_each = toset(["invoice", "survey"])

  function_name = "${local.name}-${each.key}"
  role          = aws_iam_role.service["booking"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = aws_s3_object.confirm_code.bucket
  s3_key        = aws_s3_object.confirm_code.key
}

resource "aws_lambda_permission" "bookings" {
  statement_id  = "Bookings"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.confirm.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.bookings.arn
}

resource "aws_lambda_permission" "nightly" {
  statement_id  = "Nightly"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.confirm.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.nightly.arn
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.office["invoice"].function_name
  function_version = "$LATEST"
}

resource "aws_ecr_repository" "image" {
  for_each = toset(["booking", "timetable"])

  name                 = "${local.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "booking" {
  repository = aws_ecr_repository.image["booking"].name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      selection    = { tagStatus = "untagged", countType = "imageCountMoreThan", countNumber = 20 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "booking" {
  repository = aws_ecr_repository.image["booking"].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Partner"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::210987654321:root" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}
