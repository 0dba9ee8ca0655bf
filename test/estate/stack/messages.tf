resource "aws_sns_topic" "audit" {
  name         = "${local.name}-audit"
  display_name = "Audit trail"
}

resource "aws_sns_topic" "bookings" {
  name         = "${local.name}-bookings"
  display_name = "Bookings"
}

resource "aws_sns_topic" "alerts" {
  name = "${local.name}-alerts"
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Alarms"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alerts.arn
    }]
  })
}

resource "aws_sns_topic_subscription" "bookings_to_function" {
  topic_arn = aws_sns_topic.bookings.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.confirm.arn

  filter_policy = jsonencode({ harbour = keys(var.harbours) })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${local.name}-nightly"
  description         = "Closes the day"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_rule" "logins" {
  name = "${local.name}-logins"

  event_pattern = jsonencode({
    source        = ["aws.signin"]
    "detail-type" = ["AWS Console Sign In via CloudTrail"]
  })
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "confirm"
  arn       = aws_lambda_function.confirm.arn
  input     = jsonencode({ task = "close-day" })
}

resource "aws_cloudwatch_event_target" "logins" {
  rule      = aws_cloudwatch_event_rule.logins.name
  target_id = "alerts"
  arn       = aws_sns_topic.alerts.arn
}
