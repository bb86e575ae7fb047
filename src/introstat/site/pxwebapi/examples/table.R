# R, without any package: counties by share
address <- paste0(
  "https://introstat.example/api/v2/tables/IP102/data",
  "?valuecodes[Tid]=top(1)&valuecodes[Region]=??&valuecodes[ContentsCode]=AndelArbeidUtdanning",
  "&outputFormat=csv&lang=en"
)
table <- read.csv(URLencode(address), check.names = FALSE, na.strings = c(":", "..", "."))
print(head(table[order(-table[[2]]), ]))
