# One reading from PowerShell. The same Idempotency-Key through all tries: it counts once.
$ErrorActionPreference = 'Stop'
$now = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
$value = [decimal]::Parse($env:VALUE, [Globalization.CultureInfo]::InvariantCulture)
$body = @{ readings = @(@{ series = $env:SERIES; observedAt = $now; value = $value }) } | ConvertTo-Json -Depth 4
$headers = @{ Authorization = "Bearer $env:KEY"; 'Idempotency-Key' = [guid]::NewGuid().ToString() }

for ($attempt = 1; $attempt -le 6; $attempt++) {
  try {
    $answer = Invoke-WebRequest -Method Post -Uri "$env:BASE/v1/feeds/$env:FEED/batches" -Headers $headers -ContentType 'application/json' -Body $body -TimeoutSec 30 -UseBasicParsing
    Write-Output $answer.Content
    exit 0
  } catch {
    $status = if ($_.Exception.Response) { [int]$_.Exception.Response.StatusCode } else { 0 }
    if ($status -notin 0, 429, 502, 503, 504) {
      Write-Error "The server said $status. $($_.ErrorDetails.Message)" -ErrorAction Continue
      exit 1
    }
    Start-Sleep -Seconds ([math]::Pow(2, $attempt))
  }
}
Write-Error 'No answer: send the same request with the same key again.' -ErrorAction Continue
exit 1
