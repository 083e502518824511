# cmake -DOUTPUT=x.c -DHEADER=x.h -DPREFIX=p -DFILES="a.bash;b.zsh" -P embed.cmake
# Writes one C string per file, named <PREFIX>_<extension of the file>.
set(code "/* Made by cmake/embed.cmake. */\n#include \"${HEADER}\"\n")
foreach(file ${FILES})
  get_filename_component(extension ${file} LAST_EXT)
  string(SUBSTRING ${extension} 1 -1 name)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\t\"" text "${text}")
  string(APPEND code
    "\nconst char *const ${PREFIX}_${name} =\n\t\"${text}\";\n")
endforeach()
file(WRITE ${OUTPUT} "${code}")
