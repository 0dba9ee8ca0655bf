resource "aws_sns_topic" "shared" {
  name = "shared"
}

resource "aws_sns_topic" "sound" {
  for_each = toset(lookup(var.cases, "aws_sns_topic.sound", []))

  name              = "sound-${each.key}"
  display_name      = "Bookings"
  kms_master_key_id = aws_kms_key.shared.arn
  tags              = { Owner = "messages" }
}

resource "aws_sns_topic" "of_policy" {
  for_each = toset(concat(lookup(var.cases, "aws_sns_topic_policy.sound", []), lookup(var.cases, "aws_sns_topic_policy.loose", [])))

  name = "policy-${each.key}"
}

resource "aws_sns_topic_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_sns_topic_policy.sound", []))

  arn = aws_sns_topic.of_policy[each.key].arn

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Alarms", Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.of_policy[each.key].arn }]
  })
}

resource "aws_sns_topic_policy" "loose" {
  for_each = toset(lookup(var.cases, "aws_sns_topic_policy.loose", []))

  arn = aws_sns_topic.of_policy[each.key].arn

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "All", Effect = "Allow", Principal = "*", Action = "sns:Publish", Resource = aws_sns_topic.of_policy[each.key].arn }]
  })
}

resource "aws_sqs_queue" "shared" {
  name = "shared"
}

resource "aws_sns_topic_subscription" "sound" {
  for_each = toset(lookup(var.cases, "aws_sns_topic_subscription.sound", []))

  topic_arn = aws_sns_topic.of_subscription[each.key].arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.shared.arn
}

resource "aws_sns_topic" "of_subscription" {
  for_each = toset(lookup(var.cases, "aws_sns_topic_subscription.sound", []))

  name = "subscription-${each.key}"
}

resource "aws_sqs_queue" "sound" {
  for_each = toset(lookup(var.cases, "aws_sqs_queue.sound", []))

  name                      = "sound-${each.key}"
  message_retention_seconds = 345600
  sqs_managed_sse_enabled   = true
  tags                      = { Owner = "messages" }
}

resource "aws_sqs_queue" "of_policy" {
  for_each = toset(lookup(var.cases, "aws_sqs_queue_policy.sound", []))

  name = "policy-${each.key}"
}

resource "aws_sqs_queue_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_sqs_queue_policy.sound", []))

  queue_url = aws_sqs_queue.of_policy[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Ours", Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = "sqs:SendMessage", Resource = aws_sqs_queue.of_policy[each.key].arn }]
  })
}

resource "aws_lambda_permission" "sound" {
  for_each = toset(lookup(var.cases, "aws_lambda_permission.sound", []))

  statement_id  = "Sound-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.shared.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.shared.arn
}

resource "aws_cloudwatch_event_rule" "sound" {
  for_each = toset(lookup(var.cases, "aws_cloudwatch_event_rule.sound", []))

  name                = "sound-${each.key}"
  description         = "Closes the day"
  schedule_expression = "cron(0 3 * * ? *)"
  state               = "ENABLED"
}

resource "aws_cloudwatch_event_rule" "of_target" {
  for_each = toset(lookup(var.cases, "aws_cloudwatch_event_target.sound", []))

  name                = "target-${each.key}"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "sound" {
  for_each = toset(lookup(var.cases, "aws_cloudwatch_event_target.sound", []))

  rule      = aws_cloudwatch_event_rule.of_target[each.key].name
  target_id = "shared"
  arn       = aws_sns_topic.shared.arn
  input     = jsonencode({ task = "close-day" })
}
