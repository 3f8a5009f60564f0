# One reading from R. The same Idempotency-Key through all tries: it counts once.
library(httr2)

now <- format(Sys.time(), "%Y-%m-%dT%H:%M:%SZ", tz = "UTC")
feed <- Sys.getenv("FEED")
series <- Sys.getenv("SERIES")
reading <- list(series = series, observedAt = now, value = as.numeric(Sys.getenv("VALUE")))

answer <- request(Sys.getenv("BASE")) |>
  req_url_path("v1", "feeds", feed, "batches") |>
  req_auth_bearer_token(Sys.getenv("KEY")) |>
  req_headers("Idempotency-Key" = paste(feed, series, now, sep = "-")) |>
  req_body_json(list(readings = list(reading)), auto_unbox = TRUE, digits = NA) |>
  req_timeout(30) |>
  req_retry(max_tries = 6, retry_on_failure = TRUE, is_transient = \(resp) resp_status(resp) %in% c(429, 502, 503, 504)) |>
  req_error(is_error = \(resp) FALSE) |>
  req_perform()

cat(resp_body_string(answer), "\n")
quit(status = if (resp_is_error(answer)) 1 else 0)
