// The string functions of the library, and one's own.
#include <ctype.h>

#include "torture.h"

static void reverse(char *s)
{
    for (char *e = s + strlen(s) - 1; s < e; s++, e--) {
        char c = *s;
        *s = *e;
        *e = c;
    }
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

TORTURE(strings)
{
    char text[100] = "The quick brown fox jumps over the lazy dog", copy[100];
    printf("%d %d %d\n", (int)strlen(text), (int)(strchr(text, 'q') - text), (int)(strrchr(text, 'o') - text));
    printf("%d %d %d\n", sign(strcmp("abc", "abd")), sign(strncmp("abcd", "abce", 3)), sign(strcmp("b", "ab")));
    strcpy(copy, text);
    reverse(copy);
    printf("%s\n", copy);
    strcpy(copy, "one,two;three four");
    for (char *word = strtok(copy, ",; "); word != NULL; word = strtok(NULL, ",; "))
        printf("<%s>", word);
    printf(" %s %d %d\n", strstr(text, "jumps"), (int)strspn("aabbcc", "ab"), (int)strcspn("hello world", " "));
    strncpy(copy, "short", sizeof copy);
    strcat(copy, "-cat");
    strncat(copy, "-ncatnot", (size_t)hide(5));
    printf("%s %d\n", copy, memcmp("aXb", "aXc", 2));
    for (char *p = text; *p != '\0'; p++)
        *p = (char)(isupper((unsigned char)*p) ? tolower((unsigned char)*p) : toupper((unsigned char)*p));
    printf("%s %p\n", text, (void *)0 == NULL ? (void *)16 : NULL);
    int counts[26] = { 0 };
    for (char *p = text; *p != '\0'; p++)
        if (isalpha((unsigned char)*p))
            counts[tolower((unsigned char)*p) - 'a']++;
    for (int i = 0; i < 26; i++)
        printf("%d", counts[i]);
    printf(" %d %d %ld\n", atoi("-123x"), (int)strtol("7fF", NULL, 16), (long)strtoul("0755", NULL, 0));
}
