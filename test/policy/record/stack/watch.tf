resource "aws_cloudwatch_log_group" "shared" {
  name = "/shared"
}

resource "aws_cloudwatch_log_group" "sound" {
  for_each = toset(lookup(var.cases, "aws_cloudwatch_log_group.sound", []))

  name              = "/sound/${each.key}"
  retention_in_days = 400
  tags              = { Owner = "watch" }
}

resource "aws_cloudwatch_log_metric_filter" "sound" {
  for_each = toset(lookup(var.cases, "aws_cloudwatch_log_metric_filter.sound", []))

  name           = "sound-${each.key}"
  log_group_name = aws_cloudwatch_log_group.shared.name
  pattern        = "{ $.userIdentity.type = \"Root\" }"

  metric_transformation {
    name      = "RootUse"
    namespace = "Watch"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "sound" {
  for_each = toset(lookup(var.cases, "aws_cloudwatch_metric_alarm.sound", []))

  alarm_name          = "sound-${each.key}"
  namespace           = "Watch"
  metric_name         = "RootUse"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.shared.arn]
}

resource "aws_cloudtrail" "sound" {
  for_each   = toset(lookup(var.cases, "aws_cloudtrail.sound", []))
  depends_on = [aws_s3_bucket_policy.shared]

  name                          = "sound-${each.key}"
  s3_bucket_name                = aws_s3_bucket.shared.id
  include_global_service_events = true
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  enable_logging                = var.started
  kms_key_id                    = aws_kms_key.shared.arn
}

resource "aws_s3_bucket" "strange" {
  bucket        = "strange-records"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "strange" {
  bucket = aws_s3_bucket.strange.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Logs", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.strange.arn}/*" }]
  })
}

resource "aws_config_configuration_recorder" "sound" {
  for_each = toset(lookup(var.cases, "aws_config_configuration_recorder.sound", []))

  name     = "default"
  role_arn = aws_iam_role.shared["config"].arn

  recording_group {
    all_supported                 = true
    include_global_resource_types = true
  }
}

resource "aws_config_delivery_channel" "sound" {
  for_each   = toset(lookup(var.cases, "aws_config_delivery_channel.sound", []))
  depends_on = [aws_config_configuration_recorder.sound]

  name           = "default"
  s3_bucket_name = aws_s3_bucket.shared.id
}

resource "aws_config_configuration_recorder_status" "sound" {
  for_each   = toset(lookup(var.cases, "aws_config_configuration_recorder_status.sound", []))
  depends_on = [aws_config_delivery_channel.sound]

  name       = "default"
  is_enabled = true
}

resource "aws_config_configuration_recorder" "loose" {
  for_each = toset(lookup(var.cases, "aws_config_configuration_recorder_status.loose", []))
  provider = aws.standby

  name     = "default"
  role_arn = aws_iam_role.shared["config"].arn
}

resource "aws_config_delivery_channel" "loose" {
  for_each   = toset(lookup(var.cases, "aws_config_configuration_recorder_status.loose", []))
  provider   = aws.standby
  depends_on = [aws_config_configuration_recorder.loose]

  name           = "default"
  s3_bucket_name = aws_s3_bucket.shared.id
}

resource "aws_config_configuration_recorder_status" "loose" {
  for_each   = toset(lookup(var.cases, "aws_config_configuration_recorder_status.loose", []))
  provider   = aws.standby
  depends_on = [aws_config_delivery_channel.loose]

  name       = "default"
  is_enabled = false
}

resource "aws_guardduty_detector" "sound" {
  for_each = toset(lookup(var.cases, "aws_guardduty_detector.sound", []))

  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}
